"""What identity remembers in process."""

from typing import Any

from medea.kernel.cache.base import Cache, CacheSpec
from medea.kernel.context import Ports
from medea.modules.identity.models import LoginSession

SESSIONS: CacheSpec[LoginSession] = CacheSpec("identity.sessions", ttl=60, size=20_000)
"""Sessions by the hash of their token. Loading one notes that it was seen."""

CACHES: tuple[CacheSpec[Any], ...] = (SESSIONS,)


def sessions(ports: Ports) -> Cache[LoginSession]:
    """Return the cache of sessions."""
    cache: Cache[LoginSession] = ports.caches[SESSIONS.name]
    return cache
