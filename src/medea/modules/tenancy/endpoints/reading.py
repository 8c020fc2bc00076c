"""From rows to wire types."""

from medea.modules.identity import facade as identity
from medea.modules.tenancy.models import ApiKey, Invitation, Membership
from medea.modules.tenancy.schemas.company import (
    ApiKeyRead,
    CurrentSession,
    InvitationRead,
    Me,
    MemberRead,
    MemberUser,
    TenantPlace,
    TenantRef,
    UserRead,
    UserRef,
)
from medea.modules.tenancy.service.accounts import Account


def me(account: Account) -> Me:
    """Return who is logged in."""
    place = account.place
    return Me(
        user=UserRead.model_validate(account.person),
        tenant=TenantRef(id=place.tenant_id, name=place.name, slug=place.slug),
        role=account.role,
        scopes=account.scopes,
        tenants=[TenantPlace(id=p.tenant_id, name=p.name, slug=p.slug, role=p.role) for p in account.places],
        session=CurrentSession.model_validate(account.session),
        is_operator=account.person.is_operator,
    )


def member(item: tuple[Membership, identity.Person]) -> MemberRead:
    """Return a member with the person."""
    row, person = item
    user = MemberUser.model_validate(person)
    return MemberRead.model_validate({"id": row.id, "user": user, "role": row.role, "created_at": row.created_at})


def _ref(person: identity.Person | None) -> UserRef | None:
    return UserRef(id=person.id, name=person.name) if person else None


def invitation(item: tuple[Invitation, identity.Person | None]) -> InvitationRead:
    """Return an invitation with who sent it."""
    row, person = item
    fields = {name: getattr(row, name) for name in ("id", "email", "role", "created_at", "expires_at")}
    return InvitationRead.model_validate({**fields, "invited_by": _ref(person)})


def api_key(item: tuple[ApiKey, identity.Person | None]) -> ApiKeyRead:
    """Return a key with who made it."""
    row, person = item
    fields = {name: getattr(row, name) for name in ApiKeyRead.model_fields if name != "created_by"}
    return ApiKeyRead.model_validate({**fields, "created_by": _ref(person)})
