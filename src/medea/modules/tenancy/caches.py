"""What tenancy remembers in process."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from medea.kernel.auth.principal import Principal
from medea.kernel.auth.scopes import Role
from medea.kernel.cache.base import CacheSpec
from medea.kernel.llm.catalogue import ModelTerms
from medea.kernel.llm.config import ProviderConfig

ROLES: CacheSpec[Role] = CacheSpec("tenancy.roles", ttl=60, size=20_000)
"""A member's role, by company and person."""

KEYS: CacheSpec[Principal] = CacheSpec("tenancy.keys", ttl=60, size=20_000)
"""The principal of a key, by the key's hash, across tenants. Loading one notes that it was used."""

LIVE_KEYS: CacheSpec[bool] = CacheSpec("tenancy.live_keys", ttl=60, size=20_000)
"""That a key is not revoked, by company and id: what visitors' sessions hang on."""

IDENTITY_SECRETS: CacheSpec[str | None] = CacheSpec("tenancy.identity_secrets", ttl=60, size=5_000)
"""What a company signs identity tokens with; None: it never asked for a secret."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A company's provider, ready to be called."""

    config: ProviderConfig
    name: str
    is_default: bool


PROVIDERS: CacheSpec[tuple[Provider, ...]] = CacheSpec("tenancy.providers", ttl=60, size=2_000)
"""A company's providers, the default one first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written down of a model, and whether it may be used."""

    terms: ModelTerms
    is_enabled: bool

    @property
    def said(self) -> dict[str, Any]:
        """What is written down, by field."""
        return asdict(self.terms)


Entries = Mapping[str, Entry]
"""By model."""

MODEL_ENTRIES: CacheSpec[Entries] = CacheSpec("tenancy.model_entries", ttl=60, size=2_000)
"""What a company wrote down."""

PLATFORM_MODEL_ENTRIES: CacheSpec[Entries] = CacheSpec("tenancy.platform_model_entries", ttl=60, size=1)
"""What the operator wrote down; belongs to no company."""
