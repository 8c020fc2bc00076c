"""Names of companies for addresses."""

import re
import secrets
import unicodedata

_LONGEST = 40
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


def slug_of(name: str) -> str:
    """Return a name's slug (`[a-z0-9-]`, up to 40): accents dropped, `company` where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or "company"


def with_suffix(slug: str) -> str:
    """Return the slug with six random characters behind it."""
    return f"{slug}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"
