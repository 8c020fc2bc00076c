"""Wire types of the outbound door's log."""

from datetime import datetime

from pydantic import Field

from medea.kernel.ids import EgressCallId
from medea.kernel.web.wire import Wire


class EgressCallRead(Wire):
    """One request that went, or was to go, out. `host` is empty where the address could not be read."""

    id: EgressCallId
    at: datetime
    purpose: str = Field(description="`model`, `tool`, `webhook`, `page`, `crawl`, `mcp` or `other`")
    method: str
    host: str
    port: int | None
    status: int | None
    refusal: str | None = Field(
        description="why there is no status: what the door found (`private`, `scheme`, `port`, `credentials`, `host`, "
        "`malformed`), or `unreachable`, `timeout`, `too_large`"
    )
    received_bytes: int | None = Field(description="of the body; null where it was streamed")
    duration_ms: int
