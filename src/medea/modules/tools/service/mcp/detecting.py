"""Finding out how a server wants to be connected, before it is."""

from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.ids import ServerId
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.values import Endpoint, Listing
from medea.modules.tools.errors import ServerInvalid
from medea.modules.tools.mcp.values import Auth
from medea.modules.tools.service.mcp.servers import check_url


@dataclass(frozen=True, slots=True)
class Detected:
    """How a server wants to be connected.

    Attributes:
        auth: None: nobody knows, as it could not be reached.
        listing: where it says without credentials what it offers.
        error: why it cannot be connected like this.
    """

    auth: Auth | None
    listing: Listing | None = None
    error: str | None = None


async def detect(ctx: Context, url: str) -> Detected:
    """Ask a server as nobody.

    Raises:
        ServerInvalid: the address is none that may be asked.
    """
    if faults := check_url(ctx, url):
        raise ServerInvalid(errors=faults)
    nobody = ServerId.new()
    try:
        listing = await ctx.ports.mcp.list_tools(ctx.tenant, nobody, Endpoint(url=url), _nothing)
    except McpFailed as failure:
        if failure.kind == "unauthorized":
            offers = await ctx.ports.mcp.oauth.is_offered(ctx.ports.outbound, url, failure.challenge)
            return Detected("oauth" if offers else "headers")
        return Detected(None, error=failure.shown().detail)
    finally:
        await ctx.ports.mcp.forget(ctx.tenant, nobody)
    return Detected("none", listing)


async def _nothing(_wait: float) -> None:
    return
