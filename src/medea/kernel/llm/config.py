"""What the operator and the tenant decide about model calls; bootstrap fills these from the settings."""

from dataclasses import dataclass, field
from typing import Literal

PLATFORM = "platform"
OFFLINE = "offline"
OFFLINE_MODEL = "medea/offline"
ProviderKind = Literal["openai", "anthropic"]
ANTHROPIC_URL = "https://api.anthropic.com"


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One endpoint and the credential for it.

    Attributes:
        id: `platform`, or the id of a tenant's provider; comes back in `Finish.provider`.
        base_url: with or without a trailing slash and `/v1`.
        api_key: sent as bearer token; None for servers that want none. Kept out of the repr.
        default_model: used where a request names no model.
        is_guarded: calls go through the outbound door. True for every address that a tenant named.
        kind: the dialect that is spoken there: OpenAI's chat completions, or Anthropic's Messages.
    """

    id: str
    base_url: str
    api_key: str | None = field(default=None, repr=False)
    default_model: str | None = None
    is_guarded: bool = True
    kind: ProviderKind = "openai"


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How long and how often a call may try. Times in seconds.

    Attributes:
        connect: to a connected socket, TLS included.
        first_token: from the start of the call to its first text or reasoning, over all attempts.
        silence: without a byte once tokens flow.
        trailing: for usage and `[DONE]` once the finish reason was seen.
        max_attempts: calls before the first token; 1 means no repetition.
        backoff: first pause between attempts; doubles, jittered, up to `max_backoff`.
        max_backoff: longest pause; a provider that asks for a longer one is not asked again.
        max_connections: per process and door, over all providers.
        max_event_bytes: of one server-sent event, or of an answer that is no stream.
        max_answer_chars: an endless answer is cut here, as if the token limit had been reached. Even one
            character at a time it then fits a live stream (16 MiB).
    """

    connect: float = 10.0
    first_token: float = 60.0
    silence: float = 30.0
    trailing: float = 5.0
    max_attempts: int = 3
    backoff: float = 0.5
    max_backoff: float = 20.0
    max_connections: int = 1000
    max_event_bytes: int = 4_000_000
    max_answer_chars: int = 200_000
