"""Which of our errors a provider's refusal becomes."""

from datetime import UTC, datetime

import pytest

from medea.kernel.llm.config import ProviderConfig
from medea.kernel.llm.providers.failures import failure_from_response, retry_after, scrub

KEY = "abcdef-my-own-key"
NOW = datetime(2026, 11, 21, 9, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"message": "Incorrect API key provided: sk-abc12345"}, "llm.authentication"),
        (403, {"message": "Forbidden"}, "llm.authentication"),
        (400, {"message": "API key not valid. Please pass a valid API key."}, "llm.authentication"),
        (402, {"message": "Insufficient credits"}, "llm.out_of_credit"),
        (429, {"message": "You exceeded your current quota", "code": "insufficient_quota"}, "llm.out_of_credit"),
        (429, {"message": "Rate limit reached for gpt-5"}, "llm.rate_limited"),
        (404, {"message": "The model `x` does not exist", "code": "model_not_found"}, "llm.model_not_found"),
        (400, {"message": "x/y is not a valid model ID"}, "llm.model_not_found"),
        (404, {"message": "No endpoints found for x/y."}, "llm.model_not_found"),
        (400, {"code": "context_length_exceeded", "message": "too long"}, "llm.context_too_long"),
        (400, {"message": "This model's maximum context length is 4096 tokens."}, "llm.context_too_long"),
        (413, {"message": "Request too large"}, "llm.context_too_long"),
        (500, {"message": "input is too long, exceeds the available context size"}, "llm.context_too_long"),
        (400, {"code": "content_filter", "message": "triggering Azure OpenAI's policy"}, "llm.content_filtered"),
        (403, {"message": "flagged", "metadata": {"reasons": ["violence"]}}, "llm.content_filtered"),
        (400, {"message": "temperature must be below 2"}, "llm.bad_request"),
        (422, [{"loc": ["body"], "msg": "bad"}], "llm.bad_request"),
        (301, "", "llm.bad_request"),
        (408, "", "llm.timeout"),
        (504, "", "llm.timeout"),
        (500, {"message": "oops"}, "llm.unavailable"),
        (503, "upstream connect error", "llm.unavailable"),
        (529, {"type": "overloaded_error", "message": "Overloaded"}, "llm.unavailable"),
    ],
)
@pytest.mark.parametrize("shape", ["openai", "bare", "detail"])
def test_codes(status: int, body: object, code: str, shape: str) -> None:
    import json

    value = {"error": body} if shape == "openai" else {"detail": body} if shape == "detail" else body
    failure = failure_from_response(status, {}, json.dumps(value).encode())
    assert failure.code == code
    assert failure.upstream_status == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html><title>502 Bad\nGateway</title>",
        b"{",
        b"[" * 90_000,
        b"null",
        b"[]",
        b'{"error":{}}',
    ],
)
def test_any_body_will_do(body: bytes) -> None:
    failure = failure_from_response(502, {}, body)
    assert failure.code == "llm.unavailable"
    assert len(failure.upstream or "") <= 400
    assert "\x00" not in (failure.upstream or "")


def test_no_key_in_words_or_repr() -> None:
    body = f'{{"error":"bad key {KEY} and sk-or-v1-0123456789 and Bearer qwertyuiop"}}'.encode()
    words = failure_from_response(401, {}, body, key=KEY).upstream
    assert words == "bad key [key] and [key] and [key]"
    assert scrub("AIzaSyA1234567890abc x") == "[key] x"
    assert KEY not in repr(ProviderConfig("platform", "http://x", KEY))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "5"}, 5),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "Sat, 21 Nov 2026 09:00:30 GMT"}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 08:00:00 GMT"}, 0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "Sat, 99 Nov 99999 09:00:30 GMT"}, None),
        ({"retry-after-ms": "250", "retry-after": "5"}, 0.25),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=NOW) == seconds
