"""What speaks MCP, loaded when the first server is spoken to: the SDK takes 0.6 s and 22 MB of every process."""

from collections.abc import Awaitable, Callable

from medea.kernel.mcp.connections import Connection, Door
from medea.kernel.mcp.oauth.values import OAuthSteps
from medea.kernel.mcp.values import Endpoint


class LazyProtocols:
    """The SDK's, at first use."""

    def connect(
        self, endpoint: Endpoint, door: Door, on_change: Callable[[], Awaitable[None]], max_bytes: int
    ) -> Connection:
        """Make a connection that is not open yet."""
        from medea.kernel.mcp import session

        return session.Connection(endpoint, door, on_change, max_bytes=max_bytes)

    def oauth(self) -> OAuthSteps:
        """Return the steps of getting a token."""
        from medea.kernel.mcp.oauth import flow

        return flow
