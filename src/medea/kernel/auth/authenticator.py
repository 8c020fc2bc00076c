"""The port behind which credentials are looked up."""

from dataclasses import dataclass
from typing import Protocol

from medea.kernel.auth.principal import Principal


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request brought to say who it is.

    Attributes:
        bearer: value of `Authorization: Bearer`.
        session: value of the session cookie.
        origin: `Origin` header.
    """

    bearer: str | None = None
    session: str | None = None
    origin: str | None = None


class Authenticator(Protocol):
    """Turns a credential into a principal."""

    async def authenticate(self, credential: Credential) -> Principal | None:
        """Return the principal, or None when the credential is unknown, expired or revoked."""
        ...
