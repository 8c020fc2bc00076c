"""One call of the model within a turn: its text goes to the readers as it comes."""

import time
from contextlib import aclosing

from medea.kernel.context import Context
from medea.kernel.llm.messages import Finish, ModelRequest, TextDelta
from medea.modules.conversations import streaming
from medea.modules.conversations.runtime import spending
from medea.modules.conversations.runtime.running import Running
from medea.modules.conversations.runtime.spending import Spender
from medea.modules.tenancy import facade as tenancy


async def speak(ctx: Context, running: Running, request: ModelRequest) -> Finish | None:
    """Let the model answer a request; None where it ends without saying so."""
    provider = await tenancy.find_provider(ctx, request.model)
    append, parts = running.writer.append, running.parts
    spender = Spender(running.job.turn_id, running.job.agent_id, running.end_user)
    async with aclosing(await spending.stream(ctx, spender, request, provider)) as events:
        async for event in events:
            if type(event) is TextDelta:
                if running.first_token is None:
                    running.first_token = time.perf_counter()
                    append((streaming.TEXT_START, streaming.text_delta(event.text)))
                else:
                    append((streaming.text_delta(event.text),))
                parts.append(event.text)
            elif type(event) is Finish:
                return event
    return None
