"""Wire types of billing."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from medea.kernel.ids import AgentId, BudgetId
from medea.kernel.web.wire import Line, Text, Wire, WireIn

Name = Annotated[Line, Field(min_length=1, max_length=100, examples=["Everything, per month"])]
Usd = Annotated[float, Field(ge=0.000001, le=1_000_000_000, description="US dollars", examples=[50])]
Tokens = Annotated[int, Field(ge=1, le=10**15, description="tokens of prompts and answers", examples=[2_000_000])]
Unpriced = Annotated[
    Literal["refuse", "pass"],
    Field(
        description="what a limit of money makes of models whose price is not known: `refuse` their calls, or let them "
        "`pass` at no cost (your own machines, say). Models on list prices and `medea/offline`, which is free, are "
        "known. A limit of tokens counts them either way."
    ),
]


_AGENT = "agt_01937b2e5c7d7f3a8b1c2d3e4f506172"


class BudgetCreate(WireIn):
    """A budget: limits of money, of tokens, or of both, whichever is reached first."""

    name: Name
    scope: Annotated[
        Literal["tenant", "agent", "end_user"],
        Field(
            description="`tenant`: all agents together; `agent`: one agent; `end_user`: each visitor for themselves "
            "(with `agent_id`: at this agent)"
        ),
    ]
    agent_id: Annotated[Text, Field(max_length=100, description="id of an agent", examples=[_AGENT])] | None = None
    period: Annotated[Literal["day", "month"], Field(description="calendar day or month, in UTC")]
    limit_usd: Usd | None = None
    limit_tokens: Tokens | None = None
    unpriced: Unpriced = "refuse"


class BudgetUpdate(WireIn):
    """What may change; scope and period stay. Null takes a limit away, absence leaves it."""

    name: Name | None = None
    limit_usd: Usd | None = None
    limit_tokens: Tokens | None = None
    unpriced: Unpriced | None = None

    def changes(self) -> dict[str, Any]:
        """Return what is to change."""
        given = self.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name.startswith("limit_")}


class Amounts(Wire):
    """Money and tokens."""

    usd: float
    tokens: int


class AmountsLeft(Wire):
    """Money and tokens; null where they are not limited."""

    usd: float | None
    tokens: int | None


class EndUserRead(Wire):
    """How one end user stands.

    `share` is the part that is spent: 1 is all.
    """

    end_user: str
    used: Amounts
    reserved: Amounts
    left: AmountsLeft
    share: float


class EndUsersRead(Wire):
    """How end users stand in this period: who used something, who at least 80 %, who all; and the ten foremost."""

    seen: int
    near: int
    spent: int
    top: list[EndUserRead]


class BudgetRead(Wire):
    """A budget and how it stands in the present period.

    `used` is settled; `reserved` is set aside for answers that are being written; `left` is what further calls may
    take. Of a budget per end user these are of the one with the largest part. `share` is the part that is used,
    of money or tokens whichever is more: 1 is all.
    """

    id: BudgetId
    name: str
    scope: Literal["tenant", "agent", "end_user"]
    agent_id: AgentId | None
    period: Literal["day", "month"]
    limit_usd: float | None
    limit_tokens: int | None
    unpriced: Literal["refuse", "pass"]
    used: Amounts
    reserved: Amounts
    left: AmountsLeft
    share: float
    starts_at: datetime
    resets_at: datetime
    end_users: EndUsersRead | None
    created_at: datetime
    updated_at: datetime


class RateRead(Wire):
    """A bucket of `amount` requests that refills evenly over `per_seconds`.

    `subject` is what each bucket is of: the whole `tenant`, one `key`, one `visitor`, one `caller` (key, visitor or
    member), one `address`.
    """

    name: str
    subject: Literal["tenant", "key", "visitor", "caller", "address"]
    covers: Literal["chat", "api", "widget_sessions"]
    amount: int
    per_seconds: float


class LimitsRead(Wire):
    """What bounds this company's use of the API."""

    rates: list[RateRead]
    turns_at_once: Annotated[int, Field(description="answers that may run or wait at once")]
    budgeted_output_tokens: Annotated[
        int, Field(description="longest answer of an agent without a cap of its own, while a budget applies")
    ]
