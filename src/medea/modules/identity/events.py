"""What identity announces."""

from medea.kernel.bus.event import event
from medea.kernel.ids import TenantId, UserId


@event("identity.user_signed_up", version=1)
class UserSignedUp:
    """Someone made an account, by signing up or from an invitation."""

    user_id: UserId
    tenant_id: TenantId
