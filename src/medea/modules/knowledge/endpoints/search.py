"""HTTP of searching."""

from typing import Annotated, Any

from pydantic import Field

from medea.kernel.ids import ChunkId, DocumentId, KnowledgeBaseId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import Line, Text, Wire, WireIn
from medea.modules.knowledge.errors import BaseNotFound, InvalidSettings
from medea.modules.knowledge.index.models import check_models
from medea.modules.knowledge.permissions import Read
from medea.modules.knowledge.retrieval import searching
from medea.modules.knowledge.schemas import Metadata, Weight
from medea.modules.knowledge.values import Mode, Passage, Rerank

router = make_router("/knowledge-bases", "Knowledge")


class SearchSettingsIn(WireIn):
    """How to search this once; what is absent is as the base has it."""

    vector_weight: Weight | None = Field(default=None, description="0: words alone, 1: vectors; null: by language")
    rerank: Rerank = "late_interaction"
    rerank_model: Annotated[Line, Field(min_length=1, max_length=200)] | None = None


class SearchIn(WireIn):
    """A question to a knowledge base."""

    query: Annotated[Text, Field(min_length=1, max_length=2000)]
    top_k: Annotated[int, Field(ge=1, le=50, strict=True)] = 6
    threshold: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="of the score; what is below is left out"
    )
    filter: Metadata | None = Field(
        default=None, description="metadata that documents must have; of a list one value must match"
    )
    settings: SearchSettingsIn | None = None


class PassageRead(Wire):
    """A passage that was found.

    `score` is what results are ordered by, 0 to 1; `scores` are those of each stage.
    """

    chunk_id: ChunkId
    document_id: DocumentId
    document_name: str
    kind: str
    metadata: dict[str, Any]
    text: str
    score: float
    scores: dict[str, float]
    page: int | None
    heading_path: list[str]
    char_from: int
    char_to: int
    url: str | None

    @classmethod
    def of(cls, passage: Passage) -> "PassageRead":
        """Return the wire form."""
        return cls.model_validate(passage)


class SearchRead(Wire):
    """What was found, best first.

    `mode` is `lexical` where vectors took no part; `notice` says what is amiss, such as a missing model.
    """

    data: list[PassageRead]
    mode: Mode
    notice: str | None
    timings_ms: dict[str, float]


@router.post("/{base_id}/search", responses=problems(BaseNotFound, InvalidSettings))
async def search_knowledge_base(base_id: KnowledgeBaseId, body: SearchIn, ctx: Read) -> SearchRead:
    """Find the passages that answer a question best, as an assistant's turn does."""
    settings = body.settings.model_dump(exclude_unset=True) if body.settings else None
    check_models(ctx, settings or {})
    found = await searching.search(
        ctx,
        [base_id],
        body.query,
        top_k=body.top_k,
        threshold=body.threshold,
        filter=body.filter,
        settings=settings,
    )
    return SearchRead(
        data=[PassageRead.of(passage) for passage in found.passages],
        mode=found.mode,
        notice=found.notice,
        timings_ms=dict(found.timings_ms),
    )
