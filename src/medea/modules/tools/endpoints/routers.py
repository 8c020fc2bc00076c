"""All HTTP of tools, as the registry takes it."""

from medea.modules.tools.endpoints import own, settings, vault

ROUTERS = (own.router, vault.router, settings.router)
