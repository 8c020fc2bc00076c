"""Fixtures of these tests."""

from tests.modules.conversations.chatting import chatty

__all__ = ["chatty"]
