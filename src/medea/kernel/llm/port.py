"""The port behind which every model lives."""

from collections.abc import AsyncGenerator
from typing import Protocol

from medea.kernel.llm.messages import ModelEvent, ModelRequest


class ModelClient(Protocol):
    """Something that answers a request with a stream of events.

    The contract, which every adapter's tests run (`tests/contracts/test_llm_clients.py`):

    * any number of `TextDelta` and of tool calls, then exactly one `Finish`, then the end; or a `ModelError`, and
      nothing else. An adapter without tools answers as if there were none.
    * Closing the generator, or cancelling the task that reads it, ends the call at the provider at once.
      Wrap it in `contextlib.aclosing` so that an early exit does so, too.
    * A call is repeated only as long as nothing was yielded.
    """

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Begin a call when first iterated; raises `ModelError` while iterated."""
        ...
