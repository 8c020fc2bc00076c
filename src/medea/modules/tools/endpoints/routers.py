"""All HTTP of tools, as the registry takes it."""

from medea.modules.tools.endpoints import leads, mcp, own, settings, vault

ROUTERS = (own.router, vault.router, settings.router, leads.router, mcp.router, mcp.usable, mcp.public)
