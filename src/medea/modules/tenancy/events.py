"""What tenancy announces."""

from medea.kernel.bus.event import event
from medea.kernel.ids import ApiKeyId, ProviderId, TenantId, UserId


@event("tenancy.tenant_created", version=1)
class TenantCreated:
    """A company came into being, with its first owner."""

    tenant_id: TenantId
    owner_id: UserId


@event("tenancy.member_joined", version=1)
class MemberJoined:
    """Someone became a member."""

    tenant_id: TenantId
    user_id: UserId
    role: str


@event("tenancy.member_role_changed", version=1)
class MemberRoleChanged:
    """A member may now do other things."""

    user_id: UserId
    before: str
    after: str


@event("tenancy.member_removed", version=1)
class MemberRemoved:
    """Someone was removed, or left."""

    user_id: UserId
    role: str


@event("tenancy.api_key_created", version=1)
class ApiKeyCreated:
    """A key was made."""

    api_key_id: ApiKeyId
    kind: str


@event("tenancy.api_key_changed", version=1)
class ApiKeyChanged:
    """A key has another name, or other websites."""

    api_key_id: ApiKeyId
    kind: str


@event("tenancy.api_key_revoked", version=1)
class ApiKeyRevoked:
    """A key is no longer valid."""

    api_key_id: ApiKeyId
    kind: str


@event("tenancy.identity_secret_rotated", version=1)
class IdentitySecretRotated:
    """Identity tokens signed with the secret of before are worth nothing."""

    rotated_by: UserId | None


@event("tenancy.provider_changed", version=1)
class ProviderChanged:
    """A model provider was added, changed or removed."""

    provider_id: ProviderId


@event("tenancy.model_entry_changed", version=1)
class ModelEntryChanged:
    """Something else is written down of a model, or it was switched on or off."""

    model: str
