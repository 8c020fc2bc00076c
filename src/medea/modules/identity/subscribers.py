"""What identity does when something has happened."""

from medea.kernel.bus.task import subscribe
from medea.kernel.context import Context
from medea.modules.identity.events import PasswordResetRequested
from medea.modules.identity.service import passwords


@subscribe(PasswordResetRequested)
async def send_reset_mail(ctx: Context, event: PasswordResetRequested) -> None:
    """Mail the link to set a new password."""
    await passwords.send_reset_mail(ctx, event.reset_id)
