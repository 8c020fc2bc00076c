"""Rows of this module's own tables, as queries return them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

import msgspec

from medea.kernel.ids import DocumentId, KnowledgeBaseId, SourceId
from medea.modules.knowledge.values import BaseSettings

DocumentStatus = Literal["queued", "extracting", "chunking", "embedding", "ready", "failed"]
SourceStatus = Literal["queued", "fetching", "ready", "failed"]
SourceKind = Literal["page", "sitemap"]

EMBEDDING_FAILED = "embedding_failed"
"""The error of a document that is found by its words, and whose vectors could not be made."""


EmbeddingState = Literal["none", "embedding", "switching", "ready"]


@dataclass(frozen=True, slots=True)
class Embedding:
    """How far the vectors of a base are.

    Attributes:
        model: whose vectors searches use, or will use first; None: searched by words alone.
        state: `switching` while another model's vectors are made and the present ones still serve.
        done: chunks that have the vectors that are being made.
    """

    model: str | None
    dimensions: int | None
    state: EmbeddingState
    done: int
    total: int

    @classmethod
    def of(cls, row: Mapping[str, Any], wanted: str | None) -> Self:
        """Read a database row."""
        model = row["next_model"] or row["embedding_model"] or wanted
        done, total = row["vector_count"], row["indexed_count"]
        state: EmbeddingState = "ready" if done >= total else "embedding"
        if row["next_model"] is not None:
            state = "switching"
        elif model is None:
            state = "none"
        return cls(model, row["embedding_dimensions"], state, done, total)


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A knowledge base, and what is in it.

    Attributes:
        storage_bytes: of the originals of its documents.
    """

    id: KnowledgeBaseId
    name: str
    description: str
    settings: BaseSettings
    embedding: Embedding
    document_count: int
    chunk_count: int
    storage_bytes: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a database row."""
        settings = msgspec.convert(row["settings"], BaseSettings)
        return cls(
            id=KnowledgeBaseId(row["id"]),
            name=row["name"],
            description=row["description"],
            settings=settings,
            embedding=Embedding.of(row, settings.embedding_model),
            document_count=row["document_count"],
            chunk_count=row["chunk_count"],
            storage_bytes=int(row["storage_bytes"]),
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something did not work.

    Attributes:
        code: stable word.
        message: for people: what is wrong and what to do.
    """

    code: str
    message: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self | None:
        """Read a database row."""
        return None if row["error_code"] is None else cls(row["error_code"], row["error_message"] or "")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is; `total` is None while nobody knows."""

    step: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document with what is known of its newest content.

    Attributes:
        version: of the newest content, from 1.
        live_version: what searches find; None: nothing yet.
        filename: as it was uploaded or fetched, for display only; None: it came as text.
        notice: what the builder should know, such as that some pages are scans.
        etag: what the web server called the content that was fetched.
        checked_at: when the web page was last asked for.
        same_as: the document that this web page is the same as; it is searched there, and here is nothing.
    """

    id: DocumentId
    base_id: KnowledgeBaseId
    source_id: SourceId | None
    name: str
    kind: str
    url: str | None
    metadata: dict[str, Any]
    status: DocumentStatus
    progress: Progress | None
    error: Failure | None
    version: int
    live_version: int | None
    chunk_count: int
    language: str | None
    size_bytes: int
    page_count: int | None
    media_type: str | None
    filename: str | None
    notice: str | None
    etag: str | None
    last_modified: str | None
    checked_at: datetime | None
    same_as: DocumentId | None
    created_at: datetime
    updated_at: datetime
    indexed_at: datetime | None

    @property
    def is_searchable(self) -> bool:
        """Whether some version of it is in the index."""
        return self.live_version is not None

    @property
    def has_original(self) -> bool:
        """Whether there is a file that can be downloaded: what came as text has none."""
        return self.filename is not None

    @property
    def is_titled(self) -> bool:
        """Whether its name was written as a title: a file's is often none, and a question is in its text."""
        return self.kind == "page" or (self.kind == "text" and self.filename is None)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a database row."""
        return cls(
            id=DocumentId(row["id"]),
            base_id=KnowledgeBaseId(row["base_id"]),
            source_id=SourceId(row["source_id"]) if row["source_id"] else None,
            name=row["name"],
            kind=row["kind"],
            url=row["url"],
            metadata=row["metadata"],
            status=row["status"],
            progress=(
                None
                if row["step_done"] is None or row["status"] in {"ready", "failed", "queued"}
                else Progress(row["status"], row["step_done"], row["step_total"] or None)
            ),
            error=Failure.of(row),
            version=row["version"],
            live_version=row["live_version"],
            chunk_count=row["chunk_count"],
            language=row["language"],
            size_bytes=row["size_bytes"] or 0,
            page_count=row["page_count"],
            media_type=row["media_type"],
            filename=row["filename"],
            notice=row["notice"],
            etag=row["etag"],
            last_modified=row["last_modified"],
            checked_at=row["checked_at"],
            same_as=DocumentId(row["same_as"]) if row["same_as"] else None,
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            indexed_at=row["indexed_at"],
        )


@dataclass(frozen=True, slots=True)
class Content:
    """One version of what a document says.

    Attributes:
        storage_key: of the original; None where it came as text.
        text: the canonical text, once it is known (or not asked for).
        structure: pages, headings and blocks of the text, as `kernel.extraction` has them.
    """

    document_id: DocumentId
    version: int
    kind: str
    media_type: str
    filename: str | None
    storage_key: str | None
    size_bytes: int
    sha256: bytes
    text: str | None
    structure: dict[str, Any] | None
    page_count: int | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a database row."""
        return cls(
            document_id=DocumentId(row["document_id"]),
            version=row["version"],
            kind=row["kind"],
            media_type=row["media_type"],
            filename=row["filename"],
            storage_key=row["storage_key"],
            size_bytes=row["size_bytes"],
            sha256=row["sha256"],
            text=row["text"],
            structure=row["structure"],
            page_count=row["page_count"],
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A web page or a sitemap that documents are fetched from.

    Attributes:
        refresh_hours: pause between two visits; None: only when somebody asks.
        max_pages: of a sitemap, at most.
        left_out: addresses of pages that somebody deleted, which stay away although the sitemap names them.
        has_more: the sitemap names more pages than `max_pages`.
        next_at: when it is due.
    """

    id: SourceId
    base_id: KnowledgeBaseId
    kind: SourceKind
    url: str
    refresh_hours: int | None
    max_pages: int
    left_out: list[str]
    has_more: bool
    metadata: dict[str, Any]
    status: SourceStatus
    error: Failure | None
    document_count: int
    fetched_at: datetime | None
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a database row."""
        return cls(
            id=SourceId(row["id"]),
            base_id=KnowledgeBaseId(row["base_id"]),
            kind=row["kind"],
            url=row["url"],
            refresh_hours=row["refresh_hours"],
            max_pages=row["max_pages"],
            left_out=row["left_out"],
            has_more=row["has_more"],
            metadata=row["metadata"],
            status=row["status"],
            error=Failure.of(row),
            document_count=row["document_count"],
            fetched_at=row["fetched_at"],
            next_at=row["next_at"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )


@dataclass(frozen=True, slots=True)
class Used:
    """What a tenant keeps as knowledge."""

    bases: int
    documents: int
    bytes: int
    pages: int
