"""Accounts: making them, proving that one is theirs, renaming."""

from datetime import datetime

from medea.kernel.auth.passwords import hash_password, needs_rehash, verify_password
from medea.kernel.bus.outbox import Outbox
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.errors import FieldError
from medea.kernel.ids import TenantId, UserId
from medea.modules.identity import repository
from medea.modules.identity.errors import EmailTaken, LoginFailed, UserNotFound, WeakPassword
from medea.modules.identity.events import UserSignedUp
from medea.modules.identity.models import User


def email_key(email: str) -> str:
    """Return the form of an address under which it is unique."""
    return email.strip().lower()


def check_strength(password: str, email: str, *, field: str = "password") -> None:
    """Refuse what is guessed first; the length is the wire type's to check.

    Raises:
        WeakPassword: it is the e-mail address, or one character repeated.
    """
    reason = None
    if email_key(password) in {email_key(email), email_key(email).partition("@")[0]}:
        reason = "must not be your e-mail address"
    elif len(set(password.strip())) <= 1:
        reason = "must not be one character repeated"
    if reason:
        raise WeakPassword(errors=[FieldError(field, reason, "weak_password")])


async def create_user(
    sql: Sql, outbox: Outbox, *, email: str, name: str, password_hash: str, tenant_id: TenantId, at: datetime
) -> User:
    """Add an account in the caller's transaction (as medea_system) and announce it in the company's name.

    Raises:
        EmailTaken: there is one with this address.
    """
    user = User(UserId.new(), email, email_key(email), name, password_hash, tenant_id, at)
    if not await repository.insert_user(sql, user):
        raise EmailTaken(
            errors=[FieldError("email", "has an account already: log in, or reset the password", "email_taken")]
        )
    outbox.emit(UserSignedUp(user_id=user.id, tenant_id=tenant_id))
    return user


async def prove_login(ctx: Context, email: str, password: str) -> User:
    """Return whose e-mail address and password these are.

    Takes as long for an unknown address as for a wrong password.

    Raises:
        LoginFailed: no such pair.
    """
    async with ctx.ports.database.system() as sql:
        user = await repository.find_user_by_email(sql, email_key(email))
    is_right = await verify_password(user.password_hash if user else None, password)
    if user is None or not is_right:
        raise LoginFailed()
    if needs_rehash(user.password_hash):
        renewed = await hash_password(password)
        async with ctx.ports.database.system() as sql:
            await repository.update_password(sql, user.id, renewed, ctx.now())
    return user


async def rename_user(ctx: Context, name: str) -> None:
    """Change the name of the person who asks."""
    async with ctx.ports.database.system() as sql:
        await repository.update_name(sql, ctx.user_id, name, ctx.now())


async def get_user(ctx: Context, user_id: UserId) -> User:
    """Return a person.

    Raises:
        UserNotFound: nobody has this id.
    """
    async with ctx.ports.database.system() as sql:
        user = await repository.find_user(sql, user_id)
    if user is None:
        raise UserNotFound()
    return user
