"""Background jobs of tenancy."""

from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import InvitationId
from medea.modules.tenancy.service import invitations


@task(invitations.SEND_INVITATION)
async def send_invitation(ctx: Context, invitation_id: InvitationId) -> None:
    """Mail the link to join."""
    await invitations.send_mail(ctx, invitation_id)
