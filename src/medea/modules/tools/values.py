"""What a tool is, whoever provides it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool as a turn needs to know it.

    Attributes:
        ref: what an agent's configuration calls it: the name of a built-in tool, or a tenant's own tool's id.
        name: what the model calls it.
        description: when and how to use it, for the model.
        parameters: JSON Schema of its arguments, an object.
        is_safe_to_repeat: a second call with the same arguments does no harm, so that a call whose outcome is not
            known is simply made again.
        is_public: visitors may see what it returns.
        awaits: `form`: no code runs, the visitor gives the result.
        timeout: seconds; None: what the operator's settings say.
    """

    ref: str
    name: str
    description: str
    parameters: Mapping[str, Any]
    is_safe_to_repeat: bool = True
    is_public: bool = True
    awaits: Literal["form"] | None = None
    timeout: float | None = None
