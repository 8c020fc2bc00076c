"""Tables of tenancy."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from medea.kernel.auth.rotation import Cipher
from medea.kernel.auth.scopes import Role
from medea.kernel.db.base import Base, IdType, TenantOwned
from medea.kernel.ids import ApiKeyId, InvitationId, MembershipId, ProviderId, TenantId, UserId
from medea.kernel.llm.config import ProviderKind


class Tenant(Base):
    """A company. Its row belongs to itself, so that a request sees its own company and no other."""

    __tablename__ = "tenants"

    tenant_id: Mapped[TenantId] = mapped_column(IdType(TenantId), primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def id(self) -> TenantId:
        """The company's id."""
        return self.tenant_id


class Membership(TenantOwned, Base):
    """Someone's place in a company."""

    __tablename__ = "memberships"

    id: Mapped[MembershipId] = mapped_column(IdType(MembershipId), primary_key=True)
    user_id: Mapped[UserId] = mapped_column(IdType(UserId))
    role: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def is_owner(self) -> bool:
        """Whether this person owns the company."""
        return self.role == Role.OWNER


class Invitation(TenantOwned, Base):
    """An offer of membership. Accepted or withdrawn, it is gone."""

    __tablename__ = "invitations"

    id: Mapped[InvitationId] = mapped_column(IdType(InvitationId), primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str]
    role: Mapped[str]
    invited_by: Mapped[UserId | None] = mapped_column(IdType(UserId))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiKey(TenantOwned, Base):
    """A secret or publishable key. Revoked, it is gone.

    `publishable_key` keeps the key itself, which is no secret: it stands in the pages of the website.
    """

    __tablename__ = "api_keys"

    id: Mapped[ApiKeyId] = mapped_column(IdType(ApiKeyId), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    scopes: Mapped[list[str]]
    allowed_origins: Mapped[list[str]]
    prefix: Mapped[str]
    token_hash: Mapped[bytes]
    publishable_key: Mapped[str | None]
    created_by: Mapped[UserId | None] = mapped_column(IdType(UserId))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class IdentitySecret(Base):
    """What the company signs its users' identity tokens with, encrypted for this row alone."""

    __tablename__ = "identity_secrets"

    tenant_id: Mapped[TenantId] = mapped_column(IdType(TenantId), primary_key=True)
    secret_ciphertext: Mapped[bytes]
    created_at: Mapped[datetime]

    @property
    def owner_of_secret(self) -> str:
        """What the secret is encrypted for: it opens in no other company."""
        return _owner_of_secret(self.tenant_id)


class ModelProvider(TenantOwned, Base):
    """A company's own model endpoint, the key encrypted for this row alone."""

    __tablename__ = "model_providers"

    id: Mapped[ProviderId] = mapped_column(IdType(ProviderId), primary_key=True)
    name: Mapped[str]
    kind: Mapped[ProviderKind] = mapped_column(Text)
    base_url: Mapped[str]
    default_model: Mapped[str]
    key_ciphertext: Mapped[bytes]
    key_hint: Mapped[str]
    is_default: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def owner_of_key(self) -> str:
        """What the key is encrypted for: it opens in no other row and no other company."""
        return _owner_of_key(self.tenant_id, self.id)


class ModelEntry(Base):
    """What a company wrote down of a model, and whether its agents may use it."""

    __tablename__ = "model_entries"

    tenant_id: Mapped[TenantId] = mapped_column(IdType(TenantId), primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    context_window: Mapped[int | None]
    input_price: Mapped[float | None]
    output_price: Mapped[float | None]
    cached_input_price: Mapped[float | None]
    has_tools: Mapped[bool | None]
    has_vision: Mapped[bool | None]
    is_enabled: Mapped[bool]
    updated_at: Mapped[datetime]


def _owner_of_secret(tenant: TenantId) -> str:
    return f"identity/{tenant}"


def _owner_of_key(tenant: TenantId, provider: ProviderId) -> str:
    return f"provider/{tenant}/{provider}"


CIPHERS = (
    Cipher("identity_secrets", "secret_ciphertext", (), lambda tenant, _: _owner_of_secret(tenant)),
    Cipher(
        "model_providers",
        "key_ciphertext",
        ("id",),
        lambda tenant, row: _owner_of_key(tenant, ProviderId(row["id"])),
    ),
)
"""What `medea keys rotate` encrypts anew."""
