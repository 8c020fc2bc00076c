"""From a credential to a principal, without a query while it is remembered."""

from medea.kernel.auth.authenticator import Credential
from medea.kernel.auth.principal import Principal, PrincipalKind
from medea.kernel.auth.scopes import Role
from medea.kernel.auth.visitor import SESSION_PREFIX, VisitorTokens
from medea.kernel.context import Ports
from medea.kernel.ids import ApiKeyId, TenantId, UserId
from medea.modules.identity import facade as identity
from medea.modules.tenancy import caches
from medea.modules.tenancy.repository import across

_LONGEST_KEY = 200
_LONGEST_TOKEN = 600
_VISITOR_SCOPES = frozenset({"conversations:chat"})


class _Unknown(Exception):
    """There is no such thing; raised so that the cache remembers nothing."""


class TenancyAuthenticator:
    """Looks credentials up; implements `kernel.auth.authenticator.Authenticator`.

    Args:
        ports: the installation's ports.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._visitors = VisitorTokens(ports.keyring)
        self._scopes = {role: ports.scopes.of_role(role) for role in Role}

    async def authenticate(self, credential: Credential) -> Principal | None:
        """Return the principal, or None when the credential is unknown, expired or revoked."""
        bearer = credential.bearer
        if bearer is None:
            return await self._session(credential.session) if credential.session else None
        if bearer.startswith(SESSION_PREFIX + "_"):
            return await self._visitor(bearer)
        if bearer.startswith(("sk_", "pk_")) and len(bearer) <= _LONGEST_KEY:
            return await self._key(bearer)
        return None

    async def _session(self, token: str) -> Principal | None:
        session = await identity.find_session(self._ports, token)
        if session is None:
            return None
        role = await find_role(self._ports, session.tenant_id, session.user_id)
        if role is None:  # removed from the company since
            return None
        return Principal(
            PrincipalKind.USER,
            session.tenant_id,
            self._scopes[role],
            user_id=session.user_id,
            session_id=session.id,
        )

    async def _key(self, key: str) -> Principal | None:
        return await find_key(self._ports, key)

    async def _visitor(self, token: str) -> Principal | None:
        is_plausible = len(token) <= _LONGEST_TOKEN
        claims = self._visitors.read_session(token, self._ports.clock.now()) if is_plausible else None
        if claims is None:
            return None
        if claims.api_key_id is not None and not await is_key_live(self._ports, claims.tenant_id, claims.api_key_id):
            return None
        return Principal(
            PrincipalKind.VISITOR,
            claims.tenant_id,
            _VISITOR_SCOPES,
            api_key_id=claims.api_key_id,
            visitor_id=claims.visitor_id,
            agent_id=claims.agent_id,
        )


async def find_role(ports: Ports, tenant_id: TenantId, user_id: UserId) -> Role | None:
    """Return someone's role in a company, or None. Remembered."""

    async def load() -> Role:
        async with ports.database.system() as sql:
            role = await across.find_role(sql, tenant_id, user_id)
        if role is None:
            raise _Unknown
        return role

    try:
        return await ports.cache(caches.ROLES).get(tenant_id, user_id.hex, load)
    except _Unknown:
        return None


async def find_key(ports: Ports, key: str) -> Principal | None:
    """Return the principal of a secret or publishable key, or None. Remembered."""
    token_hash = ports.keyring.hash_credential(key)

    async def load() -> Principal:
        async with ports.database.system(durable=False) as sql:
            found = await across.find_used_key(sql, token_hash, ports.clock.now())
        if found is None:
            raise _Unknown
        kind = PrincipalKind.SECRET_KEY if found.is_secret else PrincipalKind.PUBLISHABLE_KEY
        return Principal(
            kind, found.tenant_id, found.scopes, api_key_id=found.id, allowed_origins=found.allowed_origins
        )

    try:
        return await ports.cache(caches.KEYS).get(None, token_hash.hex(), load)
    except _Unknown:
        return None


async def is_key_live(ports: Ports, tenant_id: TenantId, key_id: ApiKeyId) -> bool:
    """Tell whether a key of this company exists and is not revoked. Remembered."""

    async def load() -> bool:
        async with ports.database.transaction(tenant_id) as sql:
            if not await sql.fetchval("SELECT true FROM api_keys WHERE id = $1", key_id):
                raise _Unknown
        return True

    try:
        return await ports.cache(caches.LIVE_KEYS).get(tenant_id, key_id.hex, load)
    except _Unknown:
        return False
