"""What travels between the parts of knowledge: a base's settings, chunks on their way in, passages on their way out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from medea.kernel.ids import ChunkId, DocumentId, KnowledgeBaseId

Rerank = Literal["none", "features", "late_interaction", "api"]
Mode = Literal["hybrid", "lexical"]

Filter = Mapping[str, Any]
"""Metadata that a document must have: key to a value, or to a list of values of which one must match."""


class BaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a knowledge base cuts, embeds and searches.

    Attributes:
        chunk_tokens: target length of a chunk, 64 to 512.
        embedding_model: `medea/minilm`, `<provider>:<model>` of an OpenAI-compatible endpoint, or None: words alone.
        vector_weight: share of the vector score in the fused one, 0 to 1; None: by the text's language.
        rerank: the second stage.
        rerank_model: of an API reranker.
    """

    chunk_tokens: int = 200
    embedding_model: str | None = "medea/minilm"
    vector_weight: float | None = None
    rerank: Rerank = "late_interaction"
    rerank_model: str | None = None


@dataclass(frozen=True, slots=True)
class ChunkDraft:
    """A piece of a document, before it is stored.

    Attributes:
        text: as it stands in the document's canonical text: `canonical[char_from:char_to]`.
        heading_path: headings above it, outermost first.
        page_from: first page it is on, from 1; None where the format has no pages.
        page_to: last page.
        char_from: offset of its first character in the canonical text, in code points.
        char_to: offset behind its last one.
        tokens: estimated length.
    """

    text: str
    heading_path: tuple[str, ...]
    page_from: int | None
    page_to: int | None
    char_from: int
    char_to: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that a search found.

    Attributes:
        score: what the results are ordered by, 0 to 1 where the last stage gives such a score.
        scores: of each stage by its name: `bm25`, `vector`, `fused`, `rerank`.
        metadata: of its document.
        url: where the document is on the web, if it came from there.
    """

    chunk_id: ChunkId
    document_id: DocumentId
    base_id: KnowledgeBaseId
    document_name: str
    kind: str
    text: str
    heading_path: tuple[str, ...]
    page: int | None
    char_from: int
    char_to: int
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first.

    Attributes:
        mode: `lexical` where no vectors took part.
        notice: what the builder should know, such as that the embedding model is missing.
        timings_ms: by stage.
    """

    passages: tuple[Passage, ...]
    mode: Mode
    notice: str | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
