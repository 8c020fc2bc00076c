"""What is known of models: who says so, what they cost, what they can read and do.

Three voices, the louder ones first: what a provider reports with an answer, what the company or the operator wrote
down (`ModelTerms`), and the list that comes along (`genai-prices`, see `pricing`).
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from medea.kernel.llm.messages import Usage

Said = Literal["list", "company", "operator", "unknown"]
DisabledBy = Literal["company", "operator"]


@dataclass(frozen=True, slots=True)
class ModelTerms:
    """What a company or the operator wrote down of a model; None: nothing. Prices in US dollars per million tokens.

    Attributes:
        name: for people.
        context_window: tokens of prompt and answer together.
        input_price, output_price: both or neither.
        cached_input_price: of what the provider has in its cache; None: as the rest of the input.
        has_tools: whether it calls tools.
        has_vision: whether it reads images.
    """

    name: str | None = None
    context_window: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    cached_input_price: float | None = None
    has_tools: bool | None = None
    has_vision: bool | None = None

    def cost(self, usage: Usage) -> float | None:
        """Return the US dollars of a call; None where no price was written down."""
        if self.input_price is None or self.output_price is None:
            return None
        cached = usage.cached_input_tokens
        cached_price = self.input_price if self.cached_input_price is None else self.cached_input_price
        dollars = (usage.input_tokens - cached) * self.input_price + cached * cached_price
        return (dollars + usage.output_tokens * self.output_price) / 1_000_000


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A row of the catalogue: something that an agent's `model` may name.

    Attributes:
        id: what the agent stores.
        name: for people.
        provider: `offline`, `platform`, or the id of a tenant's provider.
        context_window: tokens; None where unknown, like the prices.
        input_price: US dollars per million tokens.
        output_price: the same.
        cached_input_price: the same, of what the provider has in its cache.
        has_tools, has_vision: None where nobody knows.
        is_deprecated: the list says that it is on its way out.
        is_enabled: agents may use it.
        disabled_by: who says that they may not.
        said_by: where prices and the rest are from.
    """

    id: str
    name: str
    provider: str
    context_window: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    cached_input_price: float | None = None
    has_tools: bool | None = None
    has_vision: bool | None = None
    is_deprecated: bool = False
    is_enabled: bool = True
    disabled_by: DisabledBy | None = None
    said_by: Said = "unknown"

    def under(self, terms: ModelTerms, *, said_by: Literal["company", "operator"]) -> "ModelInfo":
        """Return the row with what was written down over what the list says."""
        names = ("name", "context_window", "has_tools", "has_vision")
        found = {name: value for name in names if (value := getattr(terms, name)) is not None}
        if terms.input_price is not None:
            prices = ("input_price", "output_price", "cached_input_price")
            found |= {name: getattr(terms, name) for name in prices}
        return replace(self, **found, said_by=said_by) if found else self


_BOTH = re.compile(
    r"claude-(?:3|[a-z]+-\d)|gpt-4o|gpt-4\.1|gpt-4-turbo|gpt-[5-9]|\bo[134]\b(?!-mini)|gemini-(?:1\.5|[2-9])|pixtral|llama-4"
    r"|mistral-(?:small-3|medium-3|large-3)|grok-4|qwen[\d.]*-?vl|gemma-3"
)
_TOOLS = re.compile(
    r"gpt-3\.5-turbo|gpt-4|\bo[134]-mini|gpt-oss|mistral-(?:small|medium|large)|ministral|codestral|llama-3\.[1-9]"
    r"|qwen|deepseek-(?:chat|v3|v4)|grok|command-[ar]|kimi|glm-[4-9]|nova-(?:micro|lite|pro)|minimax-m"
)


def capabilities(model: str) -> tuple[bool | None, bool | None]:
    """Return whether a model calls tools and whether it reads images, as its family's name tells; None: unknown."""
    name = model.lower()
    if _BOTH.search(name):
        return True, True
    return (True, None) if _TOOLS.search(name) else (None, None)
