"""Any endpoint that speaks OpenAI's chat completions: OpenRouter, OpenAI, vLLM, Ollama and many more."""

from medea.kernel.llm.config import CallLimits, ProviderConfig
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.endpoint import Endpoint
from medea.kernel.llm.providers.remote import RemoteModel


class OpenAICompatible(RemoteModel):
    """A `ModelClient` for one provider.

    Args:
        config: where, and with which key.
        limits: of time and repetition.
        connections: shared by all providers of the process.
    """

    def __init__(self, config: ProviderConfig, limits: CallLimits, connections: Connections) -> None:
        super().__init__(config, limits, connections, Endpoint(config.base_url))
