"""Why an outgoing request was not made, or not finished."""

from medea.kernel.errors import AppError, FieldError, Invalid, Unavailable


class OutboundRefused(Invalid):
    """This server does not send requests to that address."""

    title = "Address refused"
    code = "outbound.refused"

    def at_field(self, field: str) -> "OutboundRefused":
        """Give the same refusal as the fault of a field of the request, e.g. `base_url`."""
        return OutboundRefused(
            self.detail, errors=[FieldError(field, self.detail, self.code)], reason=self.extra.get("reason")
        )


class OutboundUnreachable(Unavailable):
    """The other server cannot be reached."""

    status = 502
    code = "outbound.unreachable"


class OutboundTimeout(Unavailable):
    """The other server did not answer in time."""

    status = 504
    code = "outbound.timeout"


class OutboundTooLarge(AppError):
    """The other server's answer is larger than allowed."""

    status = 502
    title = "Answer too large"
    code = "outbound.too_large"
