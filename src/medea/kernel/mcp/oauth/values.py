"""What is kept between the steps of getting a token, and afterwards. Secret as a whole: it is stored encrypted."""

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from medea.kernel.errors import AppError
from medea.kernel.mcp.errors import cut
from medea.kernel.outbound.client import OutboundClient

AuthMethod = Literal["client_secret_basic", "client_secret_post", "none"]


class OAuthClient(msgspec.Struct, frozen=True, kw_only=True):
    """What we are to an authorization server.

    Attributes:
        method: how we prove it.
        issuer: that registered us; empty: entered by hand.
    """

    id: str
    secret: str | None = None
    method: AuthMethod = "none"
    issuer: str = ""


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Who issues tokens for a server.

    Attributes:
        issuer: its name, an address.
        authorize_url: where a person agrees.
        token_url: where tokens are had.
        register_url: where clients introduce themselves; None: nowhere.
        methods: in which clients may prove who they are; None: it does not say.
        takes_documents: a client id may be the address of a document about the client.
        names_itself: its answers hold its name, and one without it is forged.
        resource: what the tokens are for; None: it is not told, as before 2025-06-18.
        scopes: to ask for; None: whatever is usual there.
        is_assumed: nobody says so; it is what servers did before 2025-06-18.
    """

    issuer: str
    authorize_url: str
    token_url: str
    register_url: str | None = None
    methods: tuple[str, ...] | None = None
    takes_documents: bool = False
    names_itself: bool = False
    resource: str | None = None
    scopes: str | None = None
    is_assumed: bool = False


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A person has been sent to agree.

    Attributes:
        url: of the server that it is for.
        state: comes back with the answer.
        verifier: proves that we asked.
        redirect_uri: where the answer comes to.
    """

    url: str = ""
    state: str
    verifier: str
    redirect_uri: str
    authority: Authority
    client: OAuthClient


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a person agreed to.

    Attributes:
        url: of the server that it is for: its tokens go nowhere else.
        refresh_token: None: when the token ends, the person has to agree again.
        expires_at: seconds since 1970; None: nobody knows.
        scope: that was granted.
    """

    url: str = ""
    authority: Authority
    client: OAuthClient
    access_token: str
    refresh_token: str | None = None
    expires_at: float | None = None
    scope: str | None = None


class OAuthFailed(AppError):
    """No token could be had.

    Args:
        words: one sentence that says what is wrong and what to do. What a server says in it stands at its end, whole:
            it is shown through `shown` alone.
        is_final: trying again does not help; a person has to agree anew, or to change something.
    """

    status = 502
    title = "Authorization failed"
    code = "mcp.authorization_failed"

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final

    def shown(self, mask: Callable[[str], str] = str) -> "OAuthFailed":
        """Return the same failure in words that may be shown; see `McpFailed.shown`."""
        return OAuthFailed(cut(mask(self.detail)), is_final=self.is_final)


class OAuthSteps(Protocol):
    """What `flow` offers; it imports the SDK, so that it is loaded when somebody needs it."""

    async def is_offered(self, door: OutboundClient, url: str, challenge: str) -> bool:
        """Say whether a server says who issues tokens for it."""
        ...

    async def begin(
        self,
        door: OutboundClient,
        url: str,
        *,
        redirect_uri: str,
        challenge: str = "",
        client: OAuthClient | None = None,
        document_url: str | None = None,
        granted: str | None = None,
    ) -> tuple[Pending, str]:
        """Find out who issues tokens for a server and introduce ourselves there."""
        ...

    async def finish(self, door: OutboundClient, pending: Pending, *, code: str, issuer: str | None) -> Grant:
        """Turn the code that a person came back with into a token."""
        ...

    async def renew(self, door: OutboundClient, grant: Grant) -> Grant:
        """Get another token for one that ends."""
        ...
