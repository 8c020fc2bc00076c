"""Refusals in OpenAI's shape, as its API reference lists them."""

from collections.abc import Mapping
from typing import Any

from medea.kernel.errors import AppError
from medea.modules.conversations.dialects.frames import BROKEN_OFF
from medea.modules.conversations.errors import AnswerBrokenOff

_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
CODES = {
    "auth.unauthenticated": "invalid_api_key",
    "agents.agent_not_found": "model_not_found",
    "billing.budget_exhausted": "insufficient_quota",
    "limits.too_many_requests": "rate_limit_exceeded",
}


def error_body(error: AppError) -> dict[str, Any]:
    """Return an error in OpenAI's shape."""
    kind = _TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "api_error")
    param = error.errors[0].field if error.errors else None
    code = CODES.get(error.code, error.code)
    return {
        "error": {
            "message": error.detail,
            "type": code if code == "insufficient_quota" else kind,
            "param": param or None,
            "code": code,
        }
    }


def broken_off(headers: Mapping[str, str]) -> AnswerBrokenOff:
    """Return the refusal of an answer that goes on elsewhere: clients are told not to put the prompt once more.

    Args:
        headers: which name its conversation and turn.
    """
    return AnswerBrokenOff(BROKEN_OFF["message"], headers={**headers, "x-should-retry": "false"})


def status_of(error: AppError | type[AppError]) -> int:
    """Return the HTTP status under which OpenAI's clients know such a refusal: a malformed request is 400."""
    return 400 if error.status == 422 else error.status


_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": "string"},
            },
        }
    },
}


def refusals(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that can refuse in these ways, in OpenAI's shape."""
    anything_else = {"application/json": {"schema": _ERROR_SCHEMA}}
    found: dict[int | str, dict[str, Any]] = {"default": {"description": "Any other refusal", "content": anything_else}}
    for error in errors:
        content = {"schema": _ERROR_SCHEMA, "examples": {}}
        entry = found.setdefault(
            status_of(error), {"description": error.title, "content": {"application/json": content}}
        )
        entry["content"]["application/json"]["examples"][error.code] = {"value": error_body(error())}
    return found
