"""Taking secrets out of what a server answers: servers echo what they were sent, and not always as it was written."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from medea.kernel.text import clean_text
from medea.modules.tools.errors import ToolFailed

MASK = "[secret]"
_SHORTEST = 4  # shorter ones are met everywhere by chance


class Masking:
    """Replaces secrets, in every form that they are commonly written in.

    Args:
        secrets: their values.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        self._forms = sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return a text without them."""
        for form in self._forms:  # faster than one expression of them all
            text = text.replace(form, MASK)
        return text

    def value(self, value: Any) -> Any:
        """Return a decoded value without them, in keys and in strings.

        Strings are cleaned before, as a NUL that is removed later would join a secret again.

        Raises:
            ToolFailed: it is nested too deeply to be looked through.
        """
        try:
            return self._value(value)
        except RecursionError:
            raise ToolFailed("The server's answer is nested too deeply.") from None

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(clean_text(value))
        if isinstance(value, dict):
            return {self._value(key): self._value(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        return value


def _forms(secret: str) -> Iterator[str]:
    """Return a secret as it is, and as JSON, URLs, HTML and base64 write it."""
    for escaped in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        yield from (escaped, escaped.replace("/", "\\/"), re.sub(r"\\u[0-9a-f]{4}", _upper_hex, escaped))
    for quoted in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield from (quoted, re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted))
    yield from (secret, html.escape(secret), html.escape(secret, quote=False))
    for offset in range(3):  # where it stands within what was encoded, such as after `user:`
        yield from _in_base64(secret.encode(), offset)


def _upper_hex(found: re.Match[str]) -> str:
    return "\\u" + found[0][2:].upper()


def _in_base64(secret: bytes, offset: int) -> Iterator[str]:
    """Return the characters that are the secret's alone, of its base64 after so many bytes of something else."""
    bits = (offset + len(secret)) * 8
    for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
        yield encode(bytes(offset) + secret).decode()[-(-offset * 8 // 6) : bits // 6]
