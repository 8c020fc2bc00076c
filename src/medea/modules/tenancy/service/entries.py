"""What a company, and for the platform's models the operator, wrote down of models: prices, sizes, switches."""

from collections.abc import Mapping
from typing import Any

from medea.kernel.context import Context, Ports
from medea.kernel.errors import FieldError
from medea.kernel.ids import TenantId
from medea.kernel.llm.catalogue import ModelTerms
from medea.modules.tenancy import caches
from medea.modules.tenancy.caches import Entries, Entry
from medea.modules.tenancy.errors import InvalidModelEntry, ModelEntryNotFound
from medea.modules.tenancy.events import ModelEntryChanged
from medea.modules.tenancy.models import ModelEntry
from medea.modules.tenancy.repository import entries as repository
from medea.modules.tenancy.repository import tenants

_ALL = "all"
_NOTHING: dict[str, Any] = dict.fromkeys(repository.FIELDS) | {"is_enabled": True}


async def own_entries(ports: Ports, tenant_id: TenantId) -> Entries:
    """Return what a company wrote down, by model. Remembered."""

    async def load() -> Entries:
        async with ports.database.session(tenant_id) as db:
            return {row.model: _entry(_values(row)) for row in await repository.list_entries(db)}

    return await ports.cache(caches.MODEL_ENTRIES).get(tenant_id, _ALL, load)


async def platform_entries(ports: Ports) -> Entries:
    """Return what the operator wrote down, by model. Remembered."""

    async def load() -> Entries:
        async with ports.database.system(durable=False) as sql:
            return {row["model"]: _entry(row) for row in await repository.list_of_platform(sql)}

    return await ports.cache(caches.PLATFORM_MODEL_ENTRIES).get(None, _ALL, load)


async def update_entry(ctx: Context, model: str, changes: Mapping[str, Any]) -> Entry:
    """Write down what is said of a model; an entry that says nothing any more is gone.

    Args:
        ctx: whose.
        model: as agents name it.
        changes: by field; what is not there stays, None is forgotten.

    Raises:
        InvalidModelEntry: one price without the other.
    """
    await tenants.lock_tenant(ctx.db)
    row = await repository.find_entry(ctx.db, model)
    values = _changed(_NOTHING if row is None else _values(row), changes)
    if row is None:
        row = ModelEntry(tenant_id=ctx.tenant, model=model)
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = ctx.now()
    if values != _NOTHING:
        ctx.db.add(row)
    elif row in ctx.db:
        await ctx.db.delete(row)
    _announce(ctx, model)
    return _entry(values)


async def delete_entry(ctx: Context, model: str) -> None:
    """Forget what the company wrote down of a model; it may be used again, if it was switched off.

    Raises:
        ModelEntryNotFound: nothing was.
    """
    row = await repository.find_entry(ctx.db, model)
    if row is None:
        raise ModelEntryNotFound()
    await ctx.db.delete(row)
    _announce(ctx, model)


async def update_platform_entry(ctx: Context, model: str, changes: Mapping[str, Any]) -> Entry:
    """Write down what the operator says of a model of the platform; see `update_entry`.

    Raises:
        InvalidModelEntry: one price without the other.
    """
    async with ctx.ports.database.system() as sql:
        row = await repository.find_of_platform(sql, model)
        values = _changed(_NOTHING if row is None else {name: row[name] for name in repository.FIELDS}, changes)
        if values != _NOTHING:
            await repository.save_of_platform(sql, model, values, ctx.now())
        else:
            await repository.delete_of_platform(sql, model)
    await ctx.ports.cache(caches.PLATFORM_MODEL_ENTRIES).forget(None, _ALL)
    ctx.log.info(
        "tenancy.platform_model_changed", operator=ctx.principal.id, model=model, is_enabled=values["is_enabled"]
    )
    return _entry(values)


def _changed(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    values = {**before, **changes}
    has_input, has_output = values["input_price"] is not None, values["output_price"] is not None
    if has_input != has_output:
        field = "output_price" if has_input else "input_price"
        raise InvalidModelEntry(errors=[FieldError(field, "give both prices, or neither", "missing")])
    if not has_input and values["cached_input_price"] is not None:
        words = "is only of use beside input_price and output_price"
        raise InvalidModelEntry(errors=[FieldError("cached_input_price", words, "missing")])
    return values


def _announce(ctx: Context, model: str) -> None:
    ctx.emit(ModelEntryChanged(model=model))
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(caches.MODEL_ENTRIES).forget(tenant_id))


def _values(row: ModelEntry) -> dict[str, Any]:
    return {name: getattr(row, name) for name in repository.FIELDS}


def _entry(values: Mapping[str, Any]) -> Entry:
    said = {name: values[name] for name in repository.FIELDS if name != "is_enabled"}
    return Entry(ModelTerms(**said), is_enabled=values["is_enabled"])
