"""Beginnings: signing up, founding another company, and the transaction that both take.

A person and a company come into being together, and neither is bound to a tenant yet: one transaction as
medea_system makes both, and announces it in the new company's name.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from medea.kernel.auth.passwords import hash_password
from medea.kernel.auth.scopes import Role
from medea.kernel.bus.outbox import Outbox
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId, UserId
from medea.modules.identity import facade as identity
from medea.modules.tenancy.events import TenantCreated
from medea.modules.tenancy.repository import across
from medea.modules.tenancy.service.slugs import slug_of, with_suffix


@asynccontextmanager
async def announcing(ctx: Context, tenant_id: TenantId) -> AsyncIterator[tuple[Sql, Outbox]]:
    """Open a transaction as medea_system whose events belong to a company that the caller is not bound to."""
    outbox = ctx.ports.new_outbox(tenant_id)
    try:
        async with ctx.ports.database.system() as sql:
            yield sql, outbox
            await outbox.flush(sql)
    except BaseException:
        outbox.after_rollback()
        raise
    outbox.after_commit()


async def found_tenant(
    ctx: Context, sql: Sql, outbox: Outbox, *, tenant_id: TenantId, name: str, owner_id: UserId, slug: str | None = None
) -> None:
    """Add a company with its owner, in the caller's transaction."""
    wanted = slug or slug_of(name)
    attempt = wanted
    while not await across.insert_tenant(sql, tenant_id, name, attempt, ctx.now()):
        attempt = with_suffix(wanted)
    await across.insert_membership(sql, tenant_id, owner_id, Role.OWNER, ctx.now())
    outbox.emit(TenantCreated(tenant_id=tenant_id, owner_id=owner_id))


async def sign_up(
    ctx: Context, *, email: str, password: str, name: str, tenant_name: str, device: identity.Device
) -> identity.NewSession:
    """Make a person and their company, and log them in.

    Raises:
        EmailTaken: the address has an account.
        WeakPassword: the password is too easy.
    """
    identity.check_strength(password, email)
    hashed = await hash_password(password)
    tenant_id = TenantId.new()
    async with announcing(ctx, tenant_id) as (sql, outbox):
        person = await identity.create_user(
            sql, outbox, email=email, name=name, password_hash=hashed, tenant_id=tenant_id, at=ctx.now()
        )
        await found_tenant(ctx, sql, outbox, tenant_id=tenant_id, name=tenant_name, owner_id=person.id)
        opened = await identity.open_session(ctx, sql, person.id, tenant_id, device)
    await identity.log_out(ctx)
    return opened


async def create_tenant(ctx: Context, name: str, *, owner_id: UserId, slug: str | None = None) -> TenantId:
    """Found another company. Nobody is switched to it.

    Args:
        ctx: whoever asks; the new company need not be theirs.
        name: of the company.
        owner_id: its first owner.
        slug: by default made from the name; a taken one gets a random suffix.
    """
    tenant_id = TenantId.new()
    async with announcing(ctx, tenant_id) as (sql, outbox):
        await found_tenant(ctx, sql, outbox, tenant_id=tenant_id, name=name, owner_id=owner_id, slug=slug)
    return tenant_id
