"""Passwords: changing them, and setting a new one from a mailed link.

The link carries a signed token that names a row of `password_resets`; nothing that opens the account is
stored, and the row is gone once used.
"""

from datetime import timedelta

import msgspec

from medea.kernel.auth.passwords import hash_password, verify_password
from medea.kernel.auth.tokens import TokenSigner
from medea.kernel.context import Context, Ports
from medea.kernel.errors import FieldError, Unauthenticated
from medea.kernel.limits.bucket import Limit
from medea.kernel.mail.mailer import Mail
from medea.modules.identity import repository
from medea.modules.identity.errors import ResetLinkInvalid, WrongPassword
from medea.modules.identity.models import PasswordReset, PasswordResetId, User
from medea.modules.identity.service import sessions
from medea.modules.identity.service.accounts import check_strength, email_key

SEND_RESET_MAIL = "identity.send_reset_mail"
_MAILS = Limit("identity.reset_mails", amount=5, per=3600)


class _Token(msgspec.Struct, array_like=True, frozen=True):
    reset: str


def _signer(ports: Ports) -> TokenSigner:
    return TokenSigner(ports.keyring.signing_key("password-reset"), "pwr")


def _not_valid() -> ResetLinkInvalid:
    return ResetLinkInvalid(errors=[FieldError("token", "is not valid (any more)", "reset_link_invalid")])


async def change_password(ctx: Context, current_password: str, new_password: str) -> sessions.OpenedSession:
    """Set a new password, end all other sessions and rotate this one.

    Raises:
        WrongPassword: the present one is another.
        WeakPassword: the new one is too easy.
    """
    async with ctx.ports.database.system() as sql:
        user = await repository.find_user(sql, ctx.user_id)
    if user is None:
        raise Unauthenticated()
    if not await verify_password(user.password_hash, current_password):
        raise WrongPassword(
            errors=[FieldError("current_password", "must be the password that you log in with now", "wrong_password")]
        )
    check_strength(new_password, user.email, field="new_password")
    hashed = await hash_password(new_password)
    async with ctx.ports.database.system() as sql:
        locked = await repository.lock_user(sql, user.id)
        if locked is None or locked.password_hash != user.password_hash:
            raise WrongPassword("The password was changed at the same moment; log in with the new one.")
        opened, old_hash = await sessions.rotate_session(ctx, sql, ctx.tenant)
        await repository.update_password(sql, user.id, hashed, ctx.now())
        await repository.delete_resets(sql, user.id)
        ended = await repository.delete_sessions(sql, user.id, but=opened.session.id)
    await sessions.forget(ctx.ports, [old_hash, *ended])
    return opened


async def request_reset(ctx: Context, email: str) -> None:
    """Have a link mailed, if there is such an account; silent in every case, five mails an hour at most."""
    key = email_key(email)
    decision = await ctx.ports.limiter.take(_MAILS, key)
    if not decision.is_allowed:
        return
    async with ctx.ports.database.system() as sql:
        user = await repository.find_user_by_email(sql, key)
    if user is None:
        return
    await _order_mail(ctx, user)


async def _order_mail(ctx: Context, user: User) -> None:
    now = ctx.now()
    reset = PasswordReset(
        PasswordResetId.new(), user.id, now + timedelta(minutes=ctx.ports.settings.auth.reset_minutes)
    )
    outbox = ctx.ports.new_outbox(user.last_tenant_id)
    outbox.enqueue(ctx.ports.registry.task(SEND_RESET_MAIL), reset_id=reset.id)
    try:
        async with ctx.ports.database.system() as sql:
            await repository.insert_reset(sql, reset, now)
            await outbox.flush(sql)
    except BaseException:
        outbox.after_rollback()
        raise
    outbox.after_commit()


async def send_reset_mail(ctx: Context, reset_id: PasswordResetId) -> None:
    """Mail the link, if it is still wanted. Sent twice, it is the same link."""
    async with ctx.ports.database.system() as sql:
        reset = await repository.find_reset(sql, reset_id, ctx.now())
        user = await repository.find_user(sql, reset.user_id) if reset else None
    if user is None:
        return
    settings = ctx.ports.settings
    link = f"{settings.dashboard_origin}/reset?token={_signer(ctx.ports).sign(_Token(reset_id.hex))}"
    text = (
        f"Hello {user.name},\n\n"
        f"someone, hopefully you, asked to set a new password for your account. To do so, open\n\n  {link}\n\n"
        f"within {settings.auth.reset_minutes} minutes. If it was not you, there is nothing to do: "
        "your password stays as it is.\n"
    )
    await ctx.ports.mailer.send(Mail(user.email, "Set a new password", text))


async def reset_password(ctx: Context, token: str, new_password: str) -> None:
    """Set a new password with the mailed token and end all sessions.

    Raises:
        ResetLinkInvalid: the token is not ours, was used, or is too old.
        WeakPassword: the new password is too easy; the token stays usable.
    """
    read = _signer(ctx.ports).read(token, _Token)
    reset_id = PasswordResetId.find(f"pwr_{read.reset}") if read else None
    if reset_id is None:
        raise _not_valid()
    async with ctx.ports.database.system() as sql:
        reset = await repository.find_reset(sql, reset_id, ctx.now())
        user = await repository.find_user(sql, reset.user_id) if reset else None
    if user is None:
        raise _not_valid()
    check_strength(new_password, user.email, field="new_password")
    hashed = await hash_password(new_password)
    async with ctx.ports.database.system() as sql:
        await repository.lock_user(sql, user.id)
        if await repository.take_reset(sql, reset_id, ctx.now()) is None:
            raise _not_valid()
        await repository.update_password(sql, user.id, hashed, ctx.now())
        ended = await repository.delete_sessions(sql, user.id)
    await sessions.forget(ctx.ports, ended)
