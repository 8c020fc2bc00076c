"""API keys."""

from medea.kernel.ids import ApiKeyId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.tenancy.endpoints import reading
from medea.modules.tenancy.errors import ApiKeyNotFound, InvalidKey, InvalidOrigin, ScopeNotHeld
from medea.modules.tenancy.permissions import Read, Write
from medea.modules.tenancy.schemas.company import ApiKeyCreate, ApiKeyCreated, ApiKeyRead, ApiKeyUpdate
from medea.modules.tenancy.service import keys

router = make_router("/api-keys", "API keys")


@router.get("")
async def list_keys(ctx: Read, paging: Paging) -> ListOf[ApiKeyRead]:
    """List keys. Secret ones show their beginning only."""
    return ListOf[ApiKeyRead].of(await keys.list_keys(ctx, paging), reading.api_key)


@router.post("", status_code=201, responses=problems(InvalidKey, InvalidOrigin, ScopeNotHeld))
async def create_key(body: ApiKeyCreate, ctx: Write) -> ApiKeyCreated:
    """Make a key. This answer alone carries it, as `key`."""
    made, token = await keys.create_key(
        ctx, name=body.name, kind=body.kind, scopes=body.scopes, allowed_origins=body.allowed_origins
    )
    return ApiKeyCreated(**reading.api_key(made).model_dump(), key=token)


@router.patch("/{key_id}", responses=problems(ApiKeyNotFound, InvalidKey, InvalidOrigin))
async def update_key(key_id: ApiKeyId, body: ApiKeyUpdate, ctx: Write) -> ApiKeyRead:
    """Rename a key, or allow a publishable one on other websites: pages opened from then on."""
    return reading.api_key(await keys.update_key(ctx, key_id, name=body.name, allowed_origins=body.allowed_origins))


@router.delete("/{key_id}", status_code=204, responses=problems(ApiKeyNotFound))
async def revoke_key(key_id: ApiKeyId, ctx: Write) -> None:
    """Revoke a key. It and the visitors' sessions it opened end at once."""
    await keys.revoke_key(ctx, key_id)
