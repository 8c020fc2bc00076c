"""Medea: an open-source, self-hostable, multi-tenant AI chat-assistant platform."""

__version__ = "0.1.0"
