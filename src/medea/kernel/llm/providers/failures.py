"""From a provider's refusal to one of our errors.

Providers agree on little but the HTTP status; the rest is told by the words they use. Sources: the error
tables of OpenAI, OpenRouter, Azure, Anthropic, vLLM and Ollama.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from medea.kernel.llm.errors import (
    ModelAuthentication,
    ModelBadRequest,
    ModelContentFiltered,
    ModelContextTooLong,
    ModelError,
    ModelNotFound,
    ModelOutOfCredit,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
)
from medea.kernel.text import clean_text

_MAX_WORDS = 400
_KEYLIKE = re.compile(r"\b(?:sk|pk|rk|gsk|xai|key|tok|AIza)[-_][\w*.-]{6,}|AIza[\w-]{10,}|(?i:bearer)\s+[^\s\"']+")
_TOO_LONG = re.compile(
    r"context[_ ](?:length|window)|maximum context|too many (?:input )?tokens|prompt is too long|input is too long"
    r"|reduce the length|exceeds? (?:the )?(?:available )?context|string_above_max_length|max_model_len",
    re.IGNORECASE,
)
_FILTERED = re.compile(
    r"content[_ ](?:filter|policy|management)|moderation|flagged|responsible.?ai|safety system", re.IGNORECASE
)
_NO_CREDIT = re.compile(
    r"insufficient[_ ](?:quota|credit|balance|funds)|billing[_ ](?:hard[_ ]limit|not)|exceeded your current quota"
    r"|credit balance is too low|more credits",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model[_ ]not[_ ]found|model [^.]{0,200}(?:not (?:found|exist)|does not exist|not a valid)|not a valid model"
    r"|no endpoints found|unknown model|invalid model",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(
    r"invalid[_ ]api[_ ]key|incorrect api key|api key not valid|invalid authentication", re.IGNORECASE
)


def scrub(text: str, key: str | None = None) -> str:
    """Shorten a provider's words and take out whatever looks like a key, and the given one for certain."""
    if key and len(key) >= 4:
        text = text.replace(key, "[key]")
    text = " ".join(clean_text(_KEYLIKE.sub("[key]", text)).split())
    return text if len(text) <= _MAX_WORDS else text[: _MAX_WORDS - 1] + "…"


def failure_from_response(
    status: int, headers: Mapping[str, str], body: bytes, *, key: str | None = None, now: datetime | None = None
) -> ModelError:
    """Read an HTTP answer that is no success; `headers` must look names up without regard to case."""
    text = body.decode("utf-8", "replace")
    words = _words_of_body(text)
    wait = retry_after(headers, now=now)
    return _classify(status, words, upstream=scrub(words, key), wait=wait)


def failure_from_object(error: object, *, key: str | None = None) -> ModelError:
    """Read an `error` member, as it comes in the middle of a stream or in an answer with status 200."""
    words = _words_of_error(error)
    status = 0
    if isinstance(error, dict):
        for name in ("status", "code", "status_code"):
            value = error.get(name)
            if isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and len(value) == 3):
                status = int(value)
                break
        status = status or _BY_TYPE.get(str(error.get("type")), 0)
    return _classify(status, words, upstream=scrub(words, key), wait=None)


def _classify(status: int, words: str, *, upstream: str, wait: float | None) -> ModelError:
    kind = _by_words(status, words) or _by_status(status)
    return kind(upstream=upstream or None, upstream_status=status or None, retry_after=wait)


def _by_words(status: int, words: str) -> type[ModelError] | None:
    if status in {0, 400, 402, 403, 429} and _NO_CREDIT.search(words):
        return ModelOutOfCredit
    if status in {0, 400, 413, 422, 500} and _TOO_LONG.search(words):
        return ModelContextTooLong
    if status in {0, 400, 403, 422, 451} and _FILTERED.search(words):
        return ModelContentFiltered
    if status in {0, 400, 404, 422} and _NO_MODEL.search(words):
        return ModelNotFound
    if status in {0, 400} and _BAD_KEY.search(words):
        return ModelAuthentication
    if status == 0 and re.search(r"rate.?limit", words, re.IGNORECASE):
        return ModelRateLimited
    return None


_BY_STATUS: dict[int, type[ModelError]] = {
    401: ModelAuthentication,
    402: ModelOutOfCredit,
    403: ModelAuthentication,
    404: ModelNotFound,
    408: ModelTimeout,
    413: ModelContextTooLong,
    425: ModelUnavailable,
    429: ModelRateLimited,
    504: ModelTimeout,
}


_BY_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""Anthropic's names, which come without a status in the middle of a stream."""


def _by_status(status: int) -> type[ModelError]:
    found = _BY_STATUS.get(status)
    if found is not None:
        return found
    return ModelBadRequest if 300 <= status < 500 else ModelUnavailable


def _words_of_body(text: str) -> str:
    head = text.lstrip("\ufeff \t\r\n")
    if head[:1] in {"{", "["}:
        try:
            value = json.loads(head, strict=False)
        except (ValueError, RecursionError):
            return head
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            return _words_of_error(value.get("error") or value.get("detail") or value)
        return head
    if head[:1] == "<":  # a proxy's page: its title says all there is to say
        title = re.search(r"<title[^>]*>(.*?)</title>", head, re.IGNORECASE | re.DOTALL)
        return title.group(1) if title else "an HTML page"
    return head


def _words_of_error(error: object) -> str:
    if isinstance(error, str):
        return error
    if not isinstance(error, dict):
        return json.dumps(error, default=str)[:_MAX_WORDS] if error else ""
    parts = [error.get(name) for name in ("message", "msg", "detail", "code", "type", "param")]
    metadata: Any = error.get("metadata")
    if isinstance(metadata, dict):  # OpenRouter: what the provider behind it said
        parts += [metadata.get("raw"), *(metadata.get("reasons") or ())]
    words = " ".join(part for part in parts if isinstance(part, str) and part)
    return words or json.dumps(error, default=str)[:_MAX_WORDS]


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds to wait by `Retry-After` (seconds or HTTP date, RFC 9110 10.2.3) or OpenAI's `retry-after-ms`.

    Nonsense counts as absent; a date in the past is 0.
    """
    millis = _number(headers.get("retry-after-ms"))
    if millis is not None:
        return millis / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _number(value: str | None) -> float | None:
    if value is None or not re.fullmatch(r"\s*\d{1,9}(?:\.\d{1,9})?\s*", value):
        return None
    return float(value)
