"""What a page knows of its conversation beside the messages: the member `medea` of the protocol's state.

The rest of the state is the page's own. It is in no event that is not a snapshot of the whole, so that nothing of it is
ever taken back; and a state that is no object is left alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Event = dict[str, Any]

MEMBER = "medea"
Status = Literal["running", "waiting", "idle"]
Awaited = dict[str, Any]
"""Something that is asked: `id` of the call, `reason` as interrupts have it, `tool_name`. Or `REVIEW`."""
REASONS = {"form": "input_required", "approval": "tool_call", "client": "frontend_tool"}
"""What interrupts and `waiting` call what a call waits for."""
REVIEW: Awaited = {"reason": "review"}
"""Somebody of the company looks at the answer; whoever reads here can do nothing about it."""


@dataclass(slots=True)
class Shared:
    """The state that a client and we keep in sync.

    Attributes:
        agent: id and name.
        page: what the client holds: its own members, and ours of an earlier run.
        title: of the conversation, where it is known; else the client keeps what it was told.
        sources: what the running answer may cite.
    """

    conversation: str
    agent: Mapping[str, str]
    page: Mapping[str, Any]
    title: str | None = None
    sources: list[Any] = field(default_factory=list)

    def snapshot(self, status: Status, awaited: Iterable[Awaited] = ()) -> Event:
        """Return the whole state, for a client that comes back."""
        own = self._own(status) | {"waiting": list(awaited)}
        return {"type": "STATE_SNAPSHOT", "snapshot": {**self.page, MEMBER: own}}

    def begin(self) -> Event:
        """Return what puts our member into the state that the client holds, as a turn begins."""
        return _delta({"op": "add", "path": f"/{MEMBER}", "value": self._own("running")})

    def cite(self, sources: list[Any]) -> Event:
        """Return what tells the sources of the answer."""
        self.sources = sources
        return _delta({"op": "replace", "path": f"/{MEMBER}/sources", "value": sources})

    def end(self, awaited: Iterable[Awaited] = ()) -> Event:
        """Return what tells that the turn runs no more, and what it waits for."""
        asked = list(awaited)
        status: Status = "waiting" if asked else "idle"
        return _delta(
            {"op": "replace", "path": f"/{MEMBER}/status", "value": status},
            {"op": "replace", "path": f"/{MEMBER}/waiting", "value": asked},
        )

    def _own(self, status: Status) -> dict[str, Any]:
        known = self.page.get(MEMBER)
        before = known.get("title") if isinstance(known, Mapping) else None
        return {
            "conversation_id": self.conversation,
            "agent": dict(self.agent),
            "title": self.title or (before if isinstance(before, str) else None),
            "status": status,
            "waiting": [],
            "sources": self.sources,
        }


def _delta(*patches: dict[str, Any]) -> Event:
    return {"type": "STATE_DELTA", "delta": list(patches)}
