"""API keys: making, changing and revoking them."""

from collections.abc import Sequence

from medea.kernel.auth.crypto import random_token
from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.errors import FieldError
from medea.kernel.ids import ApiKeyId
from medea.modules.identity import facade as identity
from medea.modules.tenancy import caches
from medea.modules.tenancy.errors import ApiKeyNotFound, InvalidKey, InvalidOrigin, ScopeNotHeld
from medea.modules.tenancy.events import ApiKeyChanged, ApiKeyCreated, ApiKeyRevoked
from medea.modules.tenancy.models import ApiKey
from medea.modules.tenancy.origins import normalise_origin
from medea.modules.tenancy.repository import keys as repository
from medea.modules.tenancy.service.members import names_of

_PREFIXES = {"secret": "sk", "publishable": "pk"}
_SHOWN = 10  # characters of a key that lists show

Made = tuple[ApiKey, identity.Person | None]


async def list_keys(ctx: Context, request: PageRequest) -> Page[Made]:
    """Return a page of keys with who made them."""
    page = await repository.list_keys(ctx.db, request)
    known = await names_of(ctx, [key.created_by for key in page.data])
    return page.map(lambda key: (key, known.get(key.created_by) if key.created_by else None))


async def create_key(
    ctx: Context,
    *,
    name: str,
    kind: str,
    scopes: Sequence[str] | None,
    allowed_origins: Sequence[str],
    token: str | None = None,
) -> tuple[Made, str]:
    """Make a key.

    Args:
        ctx: who makes it must hold every scope that it gets.
        name: for people.
        kind: `secret` or `publishable`.
        scopes: of a secret key; None for the usual ones. Publishable keys carry none.
        allowed_origins: of a publishable key; empty allows every website.
        token: the key itself, where a seed must find it again; by default random.

    Returns:
        The key's row with its maker, and the key itself, which nobody sees again.

    Raises:
        InvalidKey: an unknown scope, or scopes or origins on the wrong kind of key.
        InvalidOrigin: an origin is written wrongly.
        ScopeNotHeld: more than its maker may.
    """
    granted = _scopes(ctx, kind, scopes)
    origins = _origins(kind, allowed_origins)
    token = token or random_token(_PREFIXES[kind])
    key = ApiKey(
        tenant_id=ctx.tenant,
        id=ApiKeyId.new(),
        name=name,
        kind=kind,
        scopes=granted,
        allowed_origins=origins,
        prefix=token[:_SHOWN],
        token_hash=ctx.ports.keyring.hash_credential(token),
        publishable_key=token if kind == "publishable" else None,
        created_by=ctx.principal.user_id,
        created_at=ctx.now(),
        last_used_at=None,
    )
    ctx.db.add(key)
    ctx.emit(ApiKeyCreated(api_key_id=key.id, kind=kind))
    known = await names_of(ctx, [key.created_by])
    return (key, next(iter(known.values()), None)), token


def _scopes(ctx: Context, kind: str, scopes: Sequence[str] | None) -> list[str]:
    if kind == "publishable":
        if scopes:
            raise InvalidKey(errors=[FieldError("scopes", "a publishable key carries none", "scopes")])
        return []
    if scopes is None:
        granted = [name for name in ctx.ports.scopes.default_for_keys if ctx.principal.may(name)]
    else:
        known = ctx.ports.scopes.for_keys
        wrong = [
            FieldError(f"scopes.{index}", f"must be one of {', '.join(known)}", "scope")
            for index, name in enumerate(scopes)
            if name not in known
        ]
        if wrong or not scopes:
            raise InvalidKey(errors=wrong or [FieldError("scopes", "choose at least one, or leave it out", "scopes")])
        granted = sorted(set(scopes))
    for name in granted:
        if not ctx.principal.may(name):
            raise ScopeNotHeld(f"You do not have the scope {name} yourself.", required=name)
    return granted


def _origins(kind: str, origins: Sequence[str]) -> list[str]:
    if kind != "publishable" and origins:
        raise InvalidKey(errors=[FieldError("allowed_origins", "only a publishable key has them", "allowed_origins")])
    kept: dict[str, None] = {}
    wrong = []
    for index, origin in enumerate(origins):
        try:
            kept[normalise_origin(origin)] = None
        except ValueError as error:
            wrong.append(FieldError(f"allowed_origins.{index}", str(error), "origin"))
    if wrong:
        raise InvalidOrigin(errors=wrong)
    return list(kept)


async def update_key(
    ctx: Context, key_id: ApiKeyId, *, name: str | None = None, allowed_origins: Sequence[str] | None = None
) -> Made:
    """Change a key's name or websites; None leaves it. Its scopes are what it was made with.

    Other websites count at once, in every process, for each page and session that is opened from then on; a
    chat that is on screen stays until its page is left.

    Raises:
        ApiKeyNotFound: no such key here.
        InvalidKey: origins on a secret key.
        InvalidOrigin: an origin is written wrongly.
    """
    key = await repository.find_key_for_update(ctx.db, key_id)
    if key is None:
        raise ApiKeyNotFound()
    if name is not None:
        key.name = name
    if allowed_origins is not None:
        key.allowed_origins = _origins(key.kind, allowed_origins)
    ctx.emit(ApiKeyChanged(api_key_id=key.id, kind=key.kind))
    token_hash = key.token_hash.hex()
    ctx.after_commit(lambda: ctx.ports.cache(caches.KEYS).forget(None, token_hash))
    known = await names_of(ctx, [key.created_by])
    return key, next(iter(known.values()), None)


async def revoke_key(ctx: Context, key_id: ApiKeyId) -> None:
    """Make a key useless, with every visitor's session that it opened. At once, in every process.

    Raises:
        ApiKeyNotFound: no such key here.
    """
    deleted = await repository.delete_key(ctx.db, key_id)
    if deleted is None:
        raise ApiKeyNotFound()
    kind, hashed = deleted
    ctx.emit(ApiKeyRevoked(api_key_id=key_id, kind=kind))
    tenant_id, token_hash = ctx.tenant, hashed.hex()
    ctx.after_commit(lambda: ctx.ports.cache(caches.KEYS).forget(None, token_hash))
    ctx.after_commit(lambda: ctx.ports.cache(caches.LIVE_KEYS).forget(tenant_id, key_id.hex))
