"""What a tool is, whoever provides it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from medea.kernel.ids import SecretId, ToolId

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


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
        awaits: no code runs here. `form`: the visitor gives the result; `client`: the program that asked.
        timeout: seconds; None: what the operator's settings say.
    """

    ref: str
    name: str
    description: str
    parameters: Mapping[str, Any]
    is_safe_to_repeat: bool = True
    is_public: bool = True
    awaits: Literal["form", "client"] | None = None
    timeout: float | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The request that a tenant's own tool makes.

    Attributes:
        method: of HTTP.
        url: template: `{name}` in path and query stands for an argument.
        headers: templates by name: `{{NAME}}` stands for a secret of the vault.
    """

    method: Method
    url: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def has_body(self) -> bool:
        """Whether arguments that are not in the URL are sent as JSON; otherwise they become its query."""
        return self.method in {"POST", "PUT", "PATCH"}


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What of an answer the model is shown.

    Attributes:
        path: members and numbers with dots between, such as `data.items.0`; empty: all of it.
    """

    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTool:
    """A tool that a tenant defined.

    Attributes:
        signing_ciphertext: what its requests are signed with, encrypted.
    """

    id: ToolId
    name: str
    description: str
    parameters: dict[str, Any]
    request: Request
    response: Reading
    timeout_seconds: float
    is_safe_to_repeat: bool
    is_public: bool
    signing_ciphertext: bytes = field(repr=False)
    created_at: datetime
    updated_at: datetime

    def as_tool(self) -> Tool:
        """Return it as turns know tools."""
        return Tool(
            ref=str(self.id),
            name=self.name,
            description=self.description,
            parameters=self.parameters,
            is_safe_to_repeat=self.is_safe_to_repeat,
            is_public=self.is_public,
            timeout=self.timeout_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret of the vault, without its value.

    Attributes:
        hosts: that it may be sent to, `*.example.com` for all below; empty: the first request binds it; None: it is
            older than this rule and goes anywhere.
        used_by: names of the tools whose requests hold it.
    """

    id: SecretId
    name: str
    hosts: tuple[str, ...] | None
    created_at: datetime
    updated_at: datetime
    used_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret as it is kept. See `Secret` for its hosts."""

    id: SecretId
    ciphertext: bytes = field(repr=False)
    hosts: tuple[str, ...] | None
