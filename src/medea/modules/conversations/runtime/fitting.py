"""Making a conversation fit into what a model can read, where that is known."""

from collections.abc import Sequence
from dataclasses import replace

from medea.kernel.context import Context
from medea.kernel.llm.messages import ChatMessage, ModelRequest
from medea.modules.conversations.runtime.spending import estimate_prompt
from medea.modules.tenancy.facade import ModelChoice

SMALL = 8_000
"""Characters of a conversation that fits into every model whose size nobody wrote down: no size is looked up."""
_ANSWER = 1024  # tokens kept for an answer whose length nobody bounds


async def fit(ctx: Context, request: ModelRequest, choice: ModelChoice) -> ModelRequest:
    """Leave out the oldest messages of a conversation that is longer than the model can read.

    What was said last, and all that came of it, stays, as do instructions and sources: where these alone are too
    long, the provider says so. Tokens are estimated, so what only just fits may still be refused.
    """
    window = None if choice.terms is None else choice.terms.context_window
    if window is None:
        if sum(len(message.content) for message in request.messages) <= SMALL:
            return request
        window = await ctx.ports.models.window_of(choice.model, provider=choice.provider)
    if window is None:
        return request
    room = window - min(request.max_output_tokens or _ANSWER, window // 2)
    return shortened(request, room)


def shortened(request: ModelRequest, room: int) -> ModelRequest:
    """Return the request without its oldest messages, as many as are too much for so many tokens."""
    messages = list(request.messages)
    while estimate_prompt(request) > room:
        cut = _oldest_exchange(messages)
        if cut is None:
            return request
        first, last = cut
        del messages[first:last]
        request = replace(request, messages=tuple(messages))
    return request


def _oldest_exchange(messages: Sequence[ChatMessage]) -> tuple[int, int] | None:
    """Return the range of what a visitor said first and all answers to it; None: only the last is left."""
    first = next((place for place, message in enumerate(messages) if message.role != "system"), len(messages))
    asked = [place for place in range(first, len(messages)) if messages[place].role == "user" and place > first]
    return (first, asked[0]) if asked else None
