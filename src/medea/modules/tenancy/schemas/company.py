"""People, companies, invitations and keys on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from medea.kernel.auth.scopes import Role
from medea.kernel.ids import ApiKeyId, InvitationId, MembershipId, SessionId, TenantId, UserId
from medea.kernel.web.wire import Email, Line, Text, Wire, WireIn

Name = Annotated[Line, Field(min_length=1, max_length=100)]
NewPassword = Annotated[Text, Field(min_length=10, max_length=200)]
GivenPassword = Annotated[Text, Field(min_length=1, max_length=200)]
Origins = Annotated[list[Annotated[Line, Field(max_length=300)]], Field(max_length=50)]
Token = Annotated[Text, Field(min_length=1, max_length=500)]


class Signup(WireIn):
    """A person and their company."""

    email: Email
    password: NewPassword
    name: Name
    tenant_name: Name


class Login(WireIn):
    """E-mail address and password."""

    email: Email
    password: GivenPassword


class MeUpdate(WireIn):
    """What people may change about themselves."""

    name: Name


class Switch(WireIn):
    """The company to work in from now on."""

    tenant_id: TenantId


class UserRead(Wire):
    """A person."""

    id: UserId
    email: str
    name: str
    created_at: datetime


class UserRef(Wire):
    """A person, by name."""

    id: UserId
    name: str


class MemberUser(Wire):
    """The person behind a membership."""

    id: UserId
    email: str
    name: str


class TenantRef(Wire):
    """A company, by name."""

    id: TenantId
    name: str
    slug: str


class TenantRead(TenantRef):
    """A company."""

    created_at: datetime


class TenantPlace(TenantRef):
    """A company someone belongs to, and as what."""

    role: Role


class CurrentSession(Wire):
    """The session that asks."""

    id: SessionId
    expires_at: datetime


class Me(Wire):
    """Who is logged in, in which company, and what they may do there."""

    user: UserRead
    tenant: TenantRef
    role: Role
    scopes: list[str]
    tenants: list[TenantPlace]
    session: CurrentSession
    is_operator: bool


class TenantUpdate(WireIn):
    """What may be changed about a company."""

    name: Name


class TenantCreate(WireIn):
    """Another company."""

    name: Name


class MemberRead(Wire):
    """Someone's place in the company."""

    id: MembershipId
    user: MemberUser
    role: Role
    created_at: datetime


class MemberUpdate(WireIn):
    """Another role."""

    role: Role


class InvitationCreate(WireIn):
    """Whom to invite, and as what."""

    email: Email
    role: Role


class InvitationRead(Wire):
    """An open invitation."""

    id: InvitationId
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime
    invited_by: UserRef | None


class InvitationLookup(Wire):
    """What a mailed link is about."""

    tenant_name: str
    email: str
    role: Role
    has_account: bool


class InvitationAccept(WireIn):
    """The token of the mailed link."""

    token: Token


class InvitationRegister(WireIn):
    """The token of the mailed link, and the account to make."""

    token: Token
    name: Name
    password: NewPassword


class ApiKeyCreate(WireIn):
    """A key to make. `scopes` is for secret keys, `allowed_origins` for publishable ones."""

    name: Name
    kind: Literal["secret", "publishable"]
    scopes: Annotated[list[Annotated[Line, Field(max_length=100)]], Field(max_length=50)] | None = None
    allowed_origins: Origins = Field(default_factory=list)


class ApiKeyUpdate(WireIn):
    """What is to be changed; what is left out stays. `allowed_origins` is for publishable keys."""

    name: Name | None = None
    allowed_origins: Origins | None = None


class ApiKeyRead(Wire):
    """A key. `allowed_origins: []` on a publishable one allows every website."""

    id: ApiKeyId
    name: str
    kind: Literal["secret", "publishable"]
    scopes: list[str]
    allowed_origins: list[str]
    prefix: str
    publishable_key: str | None
    created_at: datetime
    last_used_at: datetime | None
    created_by: UserRef | None


class ApiKeyCreated(ApiKeyRead):
    """A new key, with the one and only showing of `key`."""

    key: str


class IdentityRead(Wire):
    """What the company's server signs identity tokens with. The text is the key: use it as it stands."""

    secret: str
    created_at: datetime
