"""Slugs made of names. Pure."""

import re
import secrets
import unicodedata

MAX_LENGTH = 63
_OTHER = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})


def slug_of(name: str) -> str:
    """Return a slug for a name: ASCII letters, digits and single hyphens; `agent` where nothing is left."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = decomposed.encode("ascii", "ignore").decode().lower()  # compatibility forms bring capitals back
    return _OTHER.sub("-", plain).strip("-")[:MAX_LENGTH].rstrip("-") or "agent"


def with_suffix(slug: str, number: int) -> str:
    """Return the slug for the first of a name, `slug-2` for the second, within the longest length allowed."""
    if number == 1:
        return slug
    return _joined(slug, f"-{number}")


def with_random_suffix(slug: str) -> str:
    """Return the slug with six random hex digits, which nobody else is about to take."""
    return _joined(slug, f"-{secrets.token_hex(3)}")


def _joined(slug: str, suffix: str) -> str:
    return slug[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix
