"""Typed ids: a UUIDv7 that says on the wire what it names (`agt_0190...`).

In the database an id is a plain `uuid`; in Python it is a subclass of `uuid.UUID`, so drivers take it as
it is; in JSON it is `<prefix>_<32 hex digits>`. UUIDv7 (RFC 9562) sorts by creation time.
"""

import re
import uuid
from typing import Any, ClassVar, Self

import uuid_utils
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

_HEX = re.compile(r"[0-9a-f]{32}\Z")
_TOO_LARGE = 1 << 128


class Id(uuid.UUID):
    """Base of every typed id; a subclass names its `prefix`."""

    prefix: ClassVar[str] = "id"
    __slots__ = ()

    def __init__(self, value: uuid.UUID | int) -> None:
        number = value if isinstance(value, int) else value.int
        if not 0 <= number < _TOO_LARGE:
            raise ValueError("an id has 128 bits")
        # What UUID.__init__ does, without its six ways: rows are full of ids.
        object.__setattr__(self, "int", number)
        object.__setattr__(self, "is_safe", uuid.SafeUUID.unknown)

    @classmethod
    def new(cls) -> Self:
        """Make a fresh id whose first 48 bits are the time in milliseconds."""
        return cls(uuid_utils.uuid7().int)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `<prefix>_<32 hex>`.

        Raises:
            ValueError: another prefix, or not 32 lower-case hex digits.
        """
        prefix, _, digits = text.partition("_")
        if prefix != cls.prefix or not _HEX.match(digits):
            raise ValueError(f"not a {cls.prefix}_ id")
        return cls(int(digits, 16))

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Read an id, or None when the text is not one of this kind."""
        try:
            return cls.parse(text)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.prefix}_{self.hex}"

    def __repr__(self) -> str:
        return str(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def validate(value: object) -> "Id":
            if isinstance(value, cls):
                return value
            if isinstance(value, uuid.UUID):
                return cls(value)
            if isinstance(value, str) and (found := cls.find(value)) is not None:
                return found
            raise PydanticCustomError("id", "must look like {example}", {"example": f"{cls.prefix}_" + "0" * 32})

        return core_schema.no_info_plain_validator_function(
            validate, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="always")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": f"^{cls.prefix}_[0-9a-f]{{32}}$",
            "examples": [f"{cls.prefix}_01937b2e5c7d7f3a8b1c2d3e4f506172"],
        }


class TenantId(Id):
    """A company."""

    prefix = "ten"


class UserId(Id):
    """A person with a login."""

    prefix = "usr"


class SessionId(Id):
    """A dashboard session."""

    prefix = "ses"


class MembershipId(Id):
    """A person's place in a tenant."""

    prefix = "mem"


class InvitationId(Id):
    """An offer of membership sent by mail."""

    prefix = "inv"


class ApiKeyId(Id):
    """A secret or publishable key."""

    prefix = "key"


class ProviderId(Id):
    """A tenant's own model provider."""

    prefix = "prv"


class AgentId(Id):
    """An assistant."""

    prefix = "agt"


class AgentVersionId(Id):
    """A published, immutable version of an assistant."""

    prefix = "ver"


class ConversationId(Id):
    """One conversation and its event stream."""

    prefix = "cnv"


class MessageId(Id):
    """A message of a visitor or an assistant."""

    prefix = "msg"


class TurnId(Id):
    """One prompt and its reply."""

    prefix = "trn"


class VisitorId(Id):
    """Someone who chats without a login."""

    prefix = "vis"


class JobId(Id):
    """A background job."""

    prefix = "job"


class MailId(Id):
    """An outgoing mail."""

    prefix = "mail"


class KnowledgeBaseId(Id):
    """A collection of documents that agents answer from."""

    prefix = "kb"


class DocumentId(Id):
    """A document of a knowledge base."""

    prefix = "doc"


class SourceId(Id):
    """A web page or sitemap that documents are fetched from."""

    prefix = "src"


class ChunkId(Id):
    """A piece of a document, as searches find it."""

    prefix = "chk"


class BudgetId(Id):
    """A bound on what may be spent in a period."""

    prefix = "bgt"


class ReservationId(Id):
    """Money and tokens set aside for a model call."""

    prefix = "rsv"


class ToolId(Id):
    """A tenant's own tool."""

    prefix = "tol"


class ServerId(Id):
    """An MCP server that a tenant connected."""

    prefix = "mcp"


class SecretId(Id):
    """A secret in a tenant's vault."""

    prefix = "sec"


class ToolCallId(Id):
    """One call of a tool in a turn."""

    prefix = "tcl"


class WebhookId(Id):
    """An address that a tenant wants events sent to."""

    prefix = "whk"


class WebhookEventId(Id):
    """Something that happened, as webhooks tell it."""

    prefix = "evt"


class DeliveryId(Id):
    """One event on its way to one webhook."""

    prefix = "dlv"


class EgressCallId(Id):
    """A request that went, or was to go, through the outbound door."""

    prefix = "egr"


class LeadId(Id):
    """What a visitor filled in."""

    prefix = "led"


class QuestionId(Id):
    """A question that an agent could not answer."""

    prefix = "qst"


class ResponseId(Id):
    """A response in OpenAI's dialect of that name."""

    prefix = "resp"
