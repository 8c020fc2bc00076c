"""What identity announces."""

from medea.kernel.bus.event import event
from medea.kernel.ids import TenantId, UserId
from medea.modules.identity.models import PasswordResetId


@event("identity.user_signed_up", version=1)
class UserSignedUp:
    """Someone made an account, by signing up or from an invitation."""

    user_id: UserId
    tenant_id: TenantId


@event("identity.password_reset_requested", version=1)
class PasswordResetRequested:
    """Someone forgot a password; the link is to be mailed."""

    reset_id: PasswordResetId
