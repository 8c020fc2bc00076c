"""All routers of operations."""

from medea.modules.operations.endpoints import allowances, jobs, models

ROUTERS = (jobs.router, models.router, allowances.router)
