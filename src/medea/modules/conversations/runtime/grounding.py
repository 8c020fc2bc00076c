"""Answering from documents: passages are found before the model speaks."""

from collections.abc import Sequence
from dataclasses import replace

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import KnowledgeBaseId
from medea.kernel.telemetry.tracing import span
from medea.modules.agents.facade import Retrieval
from medea.modules.conversations.log import CitedPassage
from medea.modules.conversations.runtime.ground import Ground
from medea.modules.conversations.runtime.running import Running
from medea.modules.conversations.sources import source_frames
from medea.modules.knowledge import facade as knowledge

_FOLLOW_UP_WORDS = 6
"""A prompt this short ("and by express?") is searched for together with the one before."""
_LONGEST_QUERY = 2_000
"""Characters; a longer prompt is searched for by its beginning and its end."""


async def take_ground(ctx: Context, running: Running) -> None:
    """Search the agent's documents for the prompt, show readers and model what was found.

    An assistant whose documents cannot be searched answers from its instructions; our log says why.
    """
    retrieval, request = running.retrieval, running.request
    bases = _bases(retrieval)
    if retrieval is None or request is None or not bases:
        return
    query = query_of([message.content for message in request.messages if message.role == "user"])
    try:
        with span("conversations.retrieve"):
            result = await knowledge.search(ctx, bases, query, top_k=retrieval.top_k, threshold=retrieval.threshold)
    except AppError as error:
        ctx.log.warning("conversations.retrieval_failed", code=error.code)
        return
    shown = [_shown(ctx, number, passage, query) for number, passage in enumerate(result.passages, 1)]
    ground = Ground(retrieval, query, result, tuple(shown) if retrieval.show_sources else ())
    running.writer.append(source_frames(ground.shown))
    running.request = replace(request, sources=ground.sources())
    running.ground = ground


def _bases(retrieval: Retrieval | None) -> list[KnowledgeBaseId]:
    found = (KnowledgeBaseId.find(ref) for ref in (retrieval.knowledge_bases if retrieval else ()))
    return [base for base in found if base is not None]


def query_of(asked: Sequence[str]) -> str:
    """Return what to search for: the prompt, and before a short one the prompt that it follows.

    Args:
        asked: what the visitor said in this conversation, the prompt last.
    """
    if not asked:
        return ""
    query = asked[-1]
    if len(asked) > 1 and len(query.split()) <= _FOLLOW_UP_WORDS:
        query = f"{asked[-2]}\n{query}"
    if len(query) > _LONGEST_QUERY:
        half = _LONGEST_QUERY // 2
        query = f"{query[:half]}\n{query[-half:]}"
    return query


def _shown(ctx: Context, number: int, passage: knowledge.Passage, query: str) -> CitedPassage:
    found = knowledge.find_quote(query, passage.text)
    return CitedPassage(
        n=number,
        chunk_id=str(passage.chunk_id),
        document_id=str(passage.document_id),
        title=passage.document_name,
        media_type=knowledge.media_type_of(passage.kind),
        quote=found.quote,
        score=passage.score,
        page=passage.page,
        heading_path=passage.heading_path,
        url=knowledge.link_to(ctx, passage),
    )
