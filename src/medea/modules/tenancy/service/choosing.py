"""Who answers for a model's name, on which terms, and whether it may."""

from dataclasses import dataclass, replace

from medea.kernel.context import Context
from medea.kernel.llm.catalogue import ModelInfo, ModelTerms
from medea.kernel.llm.config import OFFLINE, PLATFORM, ProviderConfig
from medea.kernel.llm.errors import ModelDisabled, ModelNotFound
from medea.modules.tenancy.caches import Entries
from medea.modules.tenancy.service.entries import own_entries, platform_entries
from medea.modules.tenancy.service.providers import find_for_model

_BY_COMPANY = "The model {} is switched off under Settings → Models."
_BY_OPERATOR = "The model {} is switched off by who operates this installation."


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Who answers for a model's name.

    Attributes:
        model: its full name, the default's where none was given.
        provider: of the company; None: the platform's, or the offline model.
        terms: what was written down of the model; None: nothing.
    """

    model: str
    provider: ProviderConfig | None
    terms: ModelTerms | None


async def choose_model(ctx: Context, model: str | None) -> ModelChoice:
    """Return who answers for a model's name. Costs no query while all of it is remembered.

    Raises:
        ModelDisabled: it is switched off.
        ModelNotFound: nobody is there to answer under this name.
    """
    provider = await find_for_model(ctx, model)
    name = ctx.ports.models.name_of(model, provider=provider)
    own = (await own_entries(ctx.ports, ctx.tenant)).get(name)
    if own is not None and not own.is_enabled:
        raise ModelDisabled(_BY_COMPANY.format(name), was_sent=False)
    if provider is not None:
        return ModelChoice(name, provider, None if own is None else own.terms)
    offered = (await platform_entries(ctx.ports)).get(name)
    if offered is not None and not offered.is_enabled:
        raise ModelDisabled(_BY_OPERATOR.format(name), was_sent=False)
    return ModelChoice(name, None, None if offered is None else offered.terms)


async def find_fault(ctx: Context, model: str | None) -> str | None:
    """Return who switched a model off, in words for who builds an agent; None: nobody.

    That nobody answers under a name is no such fault: the provider may be connected later.
    """
    try:
        await choose_model(ctx, model)
    except ModelDisabled as error:
        return error.detail
    except ModelNotFound:
        return None
    return None


async def marked(ctx: Context, rows: list[ModelInfo]) -> list[ModelInfo]:
    """Return rows of the catalogue with what was written down, and who switched off what."""
    own, offered = await own_entries(ctx.ports, ctx.tenant), await platform_entries(ctx.ports)
    return [_marked(row, own, offered) for row in rows]


def _marked(row: ModelInfo, own: Entries, offered: Entries) -> ModelInfo:
    ours, theirs = own.get(row.id), offered.get(row.id)
    if row.provider in {PLATFORM, OFFLINE}:
        if theirs is not None:
            row = row.under(theirs.terms, said_by="operator")
            if not theirs.is_enabled:
                return replace(row, is_enabled=False, disabled_by="operator")
    elif ours is not None:
        row = row.under(ours.terms, said_by="company")
    if ours is not None and not ours.is_enabled:
        return replace(row, is_enabled=False, disabled_by="company")
    return row
