"""What identity remembers in process."""

from medea.kernel.cache.base import CacheSpec
from medea.modules.identity.models import LoginSession

SESSIONS: CacheSpec[LoginSession] = CacheSpec("identity.sessions", ttl=60, size=20_000)
"""Live sessions by the hash of their token, across tenants. Loading one notes that it was seen."""
