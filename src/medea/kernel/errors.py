"""Refusals: one class each, in families that give the HTTP status.

A concrete error sets `code` (stable, `<module>.<what>`); its docstring is the default message; keyword
arguments become machine-readable members of the problem document (RFC 9457).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field of a request.

    Attributes:
        field: dotted path, as the caller sent it (`examples.0.user`).
        message: what to do about it.
        code: stable word for the fault.
    """

    field: str
    message: str
    code: str


class AppError(Exception):
    """Something went wrong that the caller should be told about."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    code: ClassVar[str] = "internal"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        self.detail = detail or _first_line(type(self))
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = extra
        super().__init__(self.detail)


def _first_line(kind: type) -> str:
    return (kind.__doc__ or kind.__name__).strip().splitlines()[0]


class Invalid(AppError):
    """The request is malformed."""

    status = 422
    title = "Invalid request"
    code = "request.invalid"


class Unauthenticated(AppError):
    """Send a valid credential: a session cookie, or `Authorization: Bearer ...`."""

    status = 401
    title = "Not authenticated"
    code = "auth.unauthenticated"


class Forbidden(AppError):
    """This credential may not do that."""

    status = 403
    title = "Forbidden"
    code = "auth.forbidden"


class NotFound(AppError):
    """There is no such thing here."""

    status = 404
    title = "Not found"
    code = "not_found"


class Conflict(AppError):
    """The request does not fit the present state."""

    status = 409
    title = "Conflict"
    code = "conflict"


class TooLarge(AppError):
    """The request body is larger than this server takes."""

    status = 413
    title = "Too large"
    code = "request.too_large"


class LimitReached(AppError):
    """Too many requests; wait and try again."""

    status = 429
    title = "Limit reached"
    code = "limits.too_many_requests"


class Unavailable(AppError):
    """Something this request needs is not available right now; try again."""

    status = 503
    title = "Unavailable"
    code = "unavailable"
