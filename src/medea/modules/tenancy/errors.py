"""Refusals of tenancy."""

from medea.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class TenantNotFound(NotFound):
    """There is no such company, or you do not belong to it."""

    code = "tenancy.tenant_not_found"


class MemberNotFound(NotFound):
    """There is no such member in this company."""

    code = "tenancy.member_not_found"


class InvitationNotFound(NotFound):
    """There is no such invitation; it was used, withdrawn or is too old."""

    code = "tenancy.invitation_not_found"


class ApiKeyNotFound(NotFound):
    """There is no such key; it may have been revoked."""

    code = "tenancy.api_key_not_found"


class ProviderNotFound(NotFound):
    """There is no such model provider."""

    code = "tenancy.provider_not_found"


class LastOwner(Conflict):
    """A company needs an owner; make someone else owner first."""

    code = "tenancy.last_owner"


class AlreadyMember(Conflict):
    """This person belongs to the company already."""

    code = "tenancy.already_member"


class OwnersOnly(Forbidden):
    """Only owners may make, change or remove owners."""

    code = "tenancy.owners_only"


class InvitationForAnother(Forbidden):
    """This invitation was sent to another e-mail address; log in with that one."""

    code = "tenancy.invitation_for_another"


class OriginNotAllowed(Forbidden):
    """This website is not among the allowed origins of the key."""

    code = "tenancy.origin_not_allowed"


class InvalidOrigin(Invalid):
    """An allowed origin is written wrongly."""

    code = "tenancy.invalid_origin"


class InvalidKey(Invalid):
    """A key cannot be made like this."""

    code = "tenancy.invalid_api_key"


class ScopeNotHeld(Forbidden):
    """A key cannot be given a scope that you do not have yourself."""

    code = "tenancy.scope_not_held"


class InvalidProvider(Invalid):
    """A model provider cannot be set up like this."""

    code = "tenancy.invalid_provider"


class InvalidModelEntry(Invalid):
    """This cannot be written down of a model."""

    code = "tenancy.invalid_model_entry"


class ModelEntryNotFound(NotFound):
    """Nothing is written down of this model."""

    code = "tenancy.model_entry_not_found"
