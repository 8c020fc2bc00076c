"""All routers of tenancy."""

from medea.modules.tenancy.endpoints import accounts, identity, invitations, keys, members, models, providers, tenants

ROUTERS = (
    accounts.public,
    accounts.own,
    tenants.router,
    identity.router,
    members.router,
    invitations.public,
    invitations.router,
    keys.router,
    providers.router,
    models.router,
)
