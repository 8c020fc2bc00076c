"""Running the tools that belong to conversations, or that need what stands above the module `tools`."""

from typing import Any

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import KnowledgeBaseId
from medea.modules.conversations.runtime.toolbox import HAND_OVER, SEARCH_KNOWLEDGE, Toolbox
from medea.modules.knowledge import facade as knowledge
from medea.modules.tools.facade import Tool, ToolFailed


async def run(ctx: Context, toolbox: Toolbox, tool: Tool, arguments: dict[str, Any]) -> Any:
    """Run one of `OWN_TOOLS`; what it changes in the conversation is recorded with its result.

    Raises:
        ToolFailed: in words for the model.
    """
    if tool.ref == HAND_OVER:
        note = "A person has been asked to take over; they answer in this conversation."
        return {"status": "requested", "note": note}
    if tool.ref == SEARCH_KNOWLEDGE:
        return await _search(ctx, toolbox, str(arguments["query"]))
    raise ToolFailed("This tool is not available here.")


async def _search(ctx: Context, toolbox: Toolbox, query: str) -> Any:
    """Search the agent's documents, as the grounding of its turns does."""
    assert toolbox.config is not None  # noqa: S101 - the tool is only there for an agent with documents
    retrieval = toolbox.config.retrieval
    bases = [base for ref in retrieval.knowledge_bases if (base := KnowledgeBaseId.find(ref)) is not None]
    try:
        found = await knowledge.search(ctx, bases, query, top_k=retrieval.top_k, threshold=retrieval.threshold)
    except AppError as error:
        raise ToolFailed(f"The documents cannot be searched now: {error.detail}") from error
    passages = [
        {
            "document": passage.document_name,
            "heading": " > ".join(passage.heading_path),
            "page": passage.page,
            "text": passage.text,
        }
        for passage in found.passages
    ]
    return {"passages": passages} if passages else {"passages": [], "note": "Nothing in the documents fits."}
