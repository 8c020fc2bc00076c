"""Keeping each call of a model within the budgets that apply to it.

Before the call its most expensive outcome is set aside: an estimate of the prompt, and the longest answer that the
request allows (where the agent sets no length, the installation does while a budget applies). After it, what the
provider counted is settled. A call that ends early is settled by its prompt, which the provider has read, and by what
came of the answer; it is released only if the provider refused it or never got it. No transaction
is open while the model speaks.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

import msgspec

from medea.kernel.context import Context
from medea.kernel.db.outages import outlast
from medea.kernel.ids import AgentId, TurnId
from medea.kernel.llm.errors import ModelError
from medea.kernel.llm.messages import Finish, ModelEvent, ModelRequest, TextDelta, ToolCallDelta, Usage, estimate_tokens
from medea.modules.billing import facade as billing
from medea.modules.tenancy.facade import ModelChoice

LEAST_OUTPUT = 256
"""Tokens: where less is left for an answer, none is begun."""
PAUSES = (0.25, 0.5, 1.0, 2.0, 2.0)
"""Seconds between two looks whether calls that run now have left room."""
_PER_MESSAGE = 4  # tokens for the role and the borders of a message
_PER_TOOL = 12


@dataclass(frozen=True, slots=True)
class Spender:
    """On whose account a call is made.

    Attributes:
        end_user: the visitor, if there is one.
    """

    turn_id: TurnId
    agent_id: AgentId
    end_user: str | None


async def stream(
    ctx: Context, spender: Spender, request: ModelRequest, choice: ModelChoice
) -> AsyncGenerator[ModelEvent, None]:
    """Begin a call of the model within its budgets. Where none applies it is the bare call, without a query.

    Raises:
        BudgetExhausted: a budget has no room for it, also after a few seconds of waiting for calls that run.
    """
    applying = await billing.find_applying(ctx, spender.agent_id, spender.end_user)
    events: AsyncGenerator[ModelEvent, None]
    if applying is None:
        events = ctx.ports.models.stream(request, provider=choice.provider, terms=choice.terms)
        return events
    call = _Call(ctx, spender, request, choice, counts_usd=applying.counts_usd)
    try:
        reservation = await call.reserve()
    except asyncio.CancelledError:  # perhaps between its commit and our knowing of it
        await asyncio.shield(asyncio.ensure_future(billing.release_turn(ctx, spender.turn_id)))
        raise
    events = ctx.ports.models.stream(call.request, provider=choice.provider, terms=choice.terms)
    return events if reservation is None else call.settling(events, reservation)


def estimate_prompt(request: ModelRequest) -> int:
    """Estimate the tokens that a request's input takes."""
    texts = [message.content for message in request.messages]
    texts += [called.name + called.arguments for message in request.messages for called in message.calls]
    texts += [text for example in request.examples for text in (example.user, example.assistant)]
    if request.sources is not None:
        texts.append(request.sources.as_instructions())
    tools = [
        tool.name + tool.description + msgspec.json.encode(tool.parameters, enc_hook=str).decode()
        for tool in request.tools
    ]
    return sum(estimate_tokens(text) + _PER_MESSAGE for text in texts) + sum(
        estimate_tokens(tool) + _PER_TOOL for tool in tools
    )


class _Call:
    """One call: what is asked for it, and what came of it."""

    def __init__(
        self,
        ctx: Context,
        spender: Spender,
        request: ModelRequest,
        choice: ModelChoice,
        *,
        counts_usd: bool,
    ) -> None:
        self._ctx = ctx
        self._spender = spender
        self._choice = choice
        self._counts_usd = counts_usd
        self._prompt = estimate_prompt(request)
        self._longest = request.max_output_tokens or ctx.ports.settings.limits.budgeted_output_tokens
        self._said = 0
        self._is_free = False
        self.request = request

    async def reserve(self) -> billing.Reservation | None:
        """Set aside the longest answer, or as long a one as there is room for, and bound the request by it.

        Raises:
            BudgetExhausted: there is room for none worth beginning.
        """
        least, pauses = min(self._longest, LEAST_OUTPUT), iter(PAUSES)
        output = self._longest
        for is_last in itertools.chain(itertools.repeat(False, 50), (True,)):
            try:
                return await self._try(output, is_last=False)
            except billing.BudgetExhausted as refusal:
                fitting = await self._fitting(refusal)
                if least <= fitting < output:
                    output = fitting
                    continue
                pause = next(pauses, None) if refusal.is_held and not is_last else None
            if pause is None:
                break
            await asyncio.sleep(pause)
            output = self._longest
        return await self._try(least, is_last=True)

    async def _try(self, output: int, *, is_last: bool) -> billing.Reservation | None:
        made = await billing.reserve(
            self._ctx,
            turn_id=self._spender.turn_id,
            agent_id=self._spender.agent_id,
            end_user=self._spender.end_user,
            tokens=self._prompt + output,
            cost_usd=await self._cost(output),
            is_last_word=is_last,
        )
        if made is not None:
            self.request = replace(self.request, max_output_tokens=output)
        return made

    async def _fitting(self, refusal: billing.BudgetExhausted) -> int:
        """Return how long an answer the rest of the budgets has room for."""
        found = self._longest
        if refusal.left_tokens is not None:
            found = min(found, refusal.left_tokens - self._prompt)
        if refusal.left_usd is not None:
            nothing, everything = await self._cost(0), await self._cost(self._longest)
            if nothing is not None and everything is not None and everything > nothing:
                found = min(found, int((refusal.left_usd - nothing) / (everything - nothing) * self._longest))
        return found

    async def _cost(self, output: int) -> float | None:
        if not self._counts_usd:
            return None
        usage = Usage(self._prompt, output)
        choice = self._choice
        cost: float | None = await self._ctx.ports.models.cost_of(
            choice.model, usage, provider=choice.provider, terms=choice.terms
        )
        return cost

    async def settling(
        self, events: AsyncGenerator[ModelEvent, None], reservation: billing.Reservation
    ) -> AsyncGenerator[ModelEvent, None]:
        """Yield the events of the call, and settle it when it has ended or nobody reads on."""
        usage: Usage | None = None
        try:
            async with aclosing(events):
                async for event in events:
                    if type(event) is TextDelta or type(event) is ToolCallDelta:
                        self._said += len(event.text)
                    elif type(event) is Finish:
                        usage = event.usage
                    yield event
        except ModelError as error:
            self._is_free = error.is_free and not self._said
            raise
        finally:
            # whoever stops this task waits for the books; who stops it twice finds them closed a moment later
            await asyncio.shield(asyncio.ensure_future(self._close(reservation, usage)))

    async def _close(self, reservation: billing.Reservation, usage: Usage | None) -> None:
        """Settle the call, also when the database comes back only in a while; never at the price of the answer."""
        try:
            await outlast(lambda: self._settle(reservation, usage))
        except Exception:
            # the answer is there and has been paid for; what is set aside expires as spent
            self._ctx.log.exception("conversations.call_unsettled", turn=str(self._spender.turn_id))

    async def _settle(self, reservation: billing.Reservation, usage: Usage | None) -> None:
        if usage is None:
            if self._is_free:
                await billing.release(self._ctx, reservation)
                return
            said = (self._said + 3) // 4
            usage = Usage(self._prompt, said, cost_usd=await self._cost(said), is_estimated=True)
        tokens = usage.input_tokens + usage.output_tokens
        await billing.settle(self._ctx, reservation, tokens=tokens, cost_usd=usage.cost_usd)
