"""Background jobs of identity."""

from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.modules.identity.models import PasswordResetId
from medea.modules.identity.service import passwords


@task(passwords.SEND_RESET_MAIL)
async def send_reset_mail(ctx: Context, reset_id: PasswordResetId) -> None:
    """Mail the link to set a new password."""
    await passwords.send_reset_mail(ctx, reset_id)
