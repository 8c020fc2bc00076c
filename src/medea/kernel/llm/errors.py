"""Why a model call failed, in words that may be shown to the person who waits for the answer.

What the provider itself said is in `upstream`, shortened and free of keys: for builders and logs, not for
visitors.
"""

from typing import ClassVar

from medea.kernel.errors import AppError


class ModelError(AppError):
    """The model could not answer.

    Attributes:
        retryable: the same request may succeed later, or with another model.
        upstream: the provider's own words.
        upstream_status: HTTP status of the provider's answer.
        retry_after: seconds that the provider asked to wait.
        was_sent: whether the request may have reached the provider.
    """

    status = 502
    title = "Model call failed"
    code = "llm.failed"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str | None = None,
        *,
        upstream: str | None = None,
        upstream_status: int | None = None,
        retry_after: float | None = None,
        was_sent: bool = True,
    ) -> None:
        super().__init__(detail)
        self.upstream = upstream
        self.upstream_status = upstream_status
        self.retry_after = retry_after
        self.was_sent = was_sent

    @property
    def is_free(self) -> bool:
        """Whether the provider cannot have read the prompt, or refused it instead: nobody charges for that."""
        has_status = isinstance(self, ModelUnavailable) and self.upstream_status is not None
        return not self.was_sent or has_status or isinstance(self, _REFUSALS)


class ModelAuthentication(ModelError):
    """The model provider does not accept the configured API key."""

    code = "llm.authentication"


class ModelOutOfCredit(ModelError):
    """The account at the model provider has no credit left."""

    code = "llm.out_of_credit"


class ModelNotFound(ModelError):
    """The model provider does not know the configured model."""

    code = "llm.model_not_found"


class ModelRateLimited(ModelError):
    """The model provider is receiving too many requests; please try again in a moment."""

    status = 503
    code = "llm.rate_limited"
    retryable = True


class ModelUnavailable(ModelError):
    """The model provider cannot be reached or is out of order; please try again in a moment."""

    status = 503
    code = "llm.unavailable"
    retryable = True


class ModelCircuitOpen(ModelUnavailable):
    """The model has failed several times in a row and is left alone for a moment; please try again soon.

    Attributes:
        is_early: it may answer those who wait longer.
    """

    code = "llm.circuit_open"
    is_early: bool = False


class ModelDisabled(ModelError):
    """The assistant's model has been switched off."""

    code = "llm.model_disabled"


class ModelTimeout(ModelError):
    """The model took too long to answer; please try again.

    Attributes:
        is_early: the request had less patience than the installation, which says nothing of the model's health.
    """

    status = 504
    code = "llm.timeout"
    retryable = True
    is_early: bool = False


class ModelInterrupted(ModelError):
    """The answer broke off before its end; please try again."""

    code = "llm.interrupted"
    retryable = True


class ModelContextTooLong(ModelError):
    """The conversation is longer than the model can read; please start a new one."""

    code = "llm.context_too_long"


class ModelBadRequest(ModelError):
    """The model provider refused the request; the assistant's model settings need a look."""

    code = "llm.bad_request"


class ModelContentFiltered(ModelError):
    """The model provider's content filter declined to answer this."""

    code = "llm.content_filtered"


class ModelAddressRefused(ModelError):
    """The address of the model provider is not one that this server may call."""

    code = "outbound.refused"


_REFUSALS = (
    ModelAuthentication,
    ModelOutOfCredit,
    ModelNotFound,
    ModelRateLimited,
    ModelContextTooLong,
    ModelBadRequest,
    ModelAddressRefused,
    ModelDisabled,
)
