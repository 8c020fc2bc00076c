"""Wire types of knowledge. Incoming text is bounded and storable; null clears a field, absence leaves it."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from medea.kernel.ids import AgentId, ChunkId, ConversationId, DocumentId, KnowledgeBaseId, QuestionId, SourceId
from medea.kernel.text import clean_value
from medea.kernel.web.wire import Line, Text, Wire, WireIn
from medea.modules.knowledge.models import DocumentStatus, EmbeddingState, SourceKind, SourceStatus, Used
from medea.modules.knowledge.values import BaseSettings, Rerank

_METADATA_BYTES = 16_000


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    if clean_value(value) != value:
        raise PydanticCustomError("text", "must not contain NUL characters or unpaired surrogates")
    if len(msgspec.json.encode(value)) > _METADATA_BYTES:
        raise PydanticCustomError("too_long", "must have at most 16 kB")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return value


Scalar = str | float | bool | None
Metadata = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=100)], Scalar | list[Scalar]],
    Field(max_length=50, description="what searches may filter by: values, or lists of such"),
    AfterValidator(_metadata),
]
Name = Annotated[Line, Field(min_length=1, max_length=300)]
BaseName = Annotated[Line, Field(min_length=1, max_length=100)]
Body = Annotated[Text, AfterValidator(_not_blank), Field(min_length=1, max_length=10_000_000)]
Asked = Annotated[Line, Field(min_length=1, max_length=300)]
Address = Annotated[Line, Field(min_length=1, max_length=2048)]
ChunkTokens = Annotated[int, Field(ge=64, le=512, strict=True, description="target length of a chunk")]
EmbeddingModel = Annotated[
    Line,
    Field(min_length=1, max_length=200, description="`medea/minilm`, or `<provider>:<model>`; null: words alone"),
]
Weight = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
RefreshHours = Annotated[int, Field(ge=1, le=8760, strict=True, description="null: only when asked")]
MaxPages = Annotated[int, Field(ge=1, le=5000, strict=True)]


class BaseSettingsIn(WireIn):
    """How a base cuts, embeds and searches: what is absent stays."""

    chunk_tokens: ChunkTokens = 200
    embedding_model: EmbeddingModel | None = None
    vector_weight: Weight | None = Field(default=None, description="null: by the language of the text")
    rerank: Rerank = "late_interaction"
    rerank_model: Annotated[Line, Field(min_length=1, max_length=200)] | None = None

    def changes(self) -> dict[str, Any]:
        """Return the members that were sent."""
        return self.model_dump(exclude_unset=True)


class BaseCreate(WireIn):
    """A new knowledge base."""

    name: BaseName
    description: Annotated[Text, Field(max_length=1000)] = ""
    settings: BaseSettingsIn | None = None

    def base_settings(self) -> BaseSettings:
        """Return the settings it begins with."""
        return BaseSettings(**(self.settings.changes() if self.settings else {}))


class BaseUpdate(WireIn):
    """Changes to a knowledge base."""

    name: BaseName | None = None
    description: Annotated[Text, Field(max_length=1000)] | None = None
    settings: BaseSettingsIn | None = None

    def changes(self) -> dict[str, Any]:
        """Return what was sent and is not null."""
        sent: dict[str, Any] = {
            name: value for name in ("name", "description") if (value := getattr(self, name)) is not None
        }
        if self.settings is not None:
            sent["settings"] = self.settings.changes()
        return sent


class BaseSettingsRead(Wire):
    """How a base cuts, embeds and searches."""

    chunk_tokens: int
    embedding_model: str | None
    vector_weight: float | None
    rerank: Rerank
    rerank_model: str | None


class EmbeddingRead(Wire):
    """How far the vectors of a base are."""

    model: str | None
    dimensions: int | None
    state: EmbeddingState
    done: int
    total: int


class BaseRead(Wire):
    """A knowledge base."""

    id: KnowledgeBaseId
    name: str
    description: str
    settings: BaseSettingsRead
    embedding: EmbeddingRead
    document_count: int
    chunk_count: int
    storage_bytes: int
    created_at: datetime
    updated_at: datetime


class TextIn(WireIn):
    """A document that comes as text: plain, or Markdown."""

    name: Name
    text: Body
    metadata: Metadata | None = None


_SHAPES = {
    "text": {"name", "text", "metadata"},
    "documents": {"documents"},
    "question": {"question", "answer", "metadata"},
    "url": {"url", "metadata", "refresh_hours"},
    "sitemap": {"sitemap", "metadata", "refresh_hours", "max_pages"},
}


class DocumentsCreate(WireIn):
    """One document as text, up to 100 of them, a question with its answer, a web page, or a sitemap."""

    name: Name | None = None
    text: Body | None = None
    documents: Annotated[list[TextIn], Field(min_length=1, max_length=100)] | None = None
    question: Asked | None = None
    answer: Body | None = None
    url: Address | None = None
    sitemap: Address | None = None
    metadata: Metadata | None = None
    refresh_hours: RefreshHours | None = None
    max_pages: MaxPages | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        found = [shape for shape in _SHAPES if getattr(self, shape) is not None]
        if len(found) != 1:
            words = "send one of: name and text; documents; question and answer; url; sitemap; or files as multipart"
            raise PydanticCustomError("shape", "{words}", {"words": words})
        sent = {name for name in self.model_fields_set if getattr(self, name) is not None}
        if extra := sorted(sent - _SHAPES[found[0]]):
            words = f"{extra[0]} does not go with {found[0]}"
            raise PydanticCustomError("shape", "{words}", {"words": words})
        if found[0] == "text" and self.name is None:
            raise PydanticCustomError("shape", "name is needed beside text")
        if found[0] == "question" and self.answer is None:
            raise PydanticCustomError("shape", "answer is needed beside question")
        return self


class ContentReplace(WireIn):
    """The new text of a document, or of a question with its answer."""

    text: Body | None = None
    question: Asked | None = None
    answer: Body | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if (self.text is None) == (self.answer is None):
            raise PydanticCustomError("shape", "send text, or answer (and question), or one file as multipart")
        return self


class DocumentUpdate(WireIn):
    """Changes to what a document is called and what is known of it."""

    name: Name | None = None
    metadata: Metadata | None = None

    def changes(self) -> dict[str, Any]:
        """Return what was sent and is not null."""
        return {name: value for name in ("name", "metadata") if (value := getattr(self, name)) is not None}


class FailureRead(Wire):
    """Why something did not work."""

    code: str
    message: str


class ProgressRead(Wire):
    """How far a step is."""

    step: str
    done: int
    total: int | None


class DocumentRead(Wire):
    """A document, with what is known of its newest version."""

    id: DocumentId
    base_id: KnowledgeBaseId
    source_id: SourceId | None
    name: str
    kind: str
    status: DocumentStatus
    is_searchable: bool
    progress: ProgressRead | None
    error: FailureRead | None
    notice: str | None
    metadata: dict[str, Any]
    size_bytes: int
    page_count: int | None
    chunk_count: int
    version: int
    live_version: int | None
    language: str | None
    media_type: str | None
    has_original: bool = Field(description="there is a file to download; what was sent as text has none")
    url: str | None
    created_at: datetime
    updated_at: datetime
    indexed_at: datetime | None
    checked_at: datetime | None
    same_as: DocumentId | None = Field(description="of a web page: the document that it is the same as, searched there")


class DocumentAdded(DocumentRead):
    """A document that was just sent."""

    is_duplicate: bool = Field(description="the base has this very content already; this is where")


class DocumentsAdded(Wire):
    """Documents that were just sent; of a sitemap they follow once it was read."""

    data: list[DocumentAdded]
    source: "SourceRead | None" = None


class SourceCreate(WireIn):
    """A web page or a sitemap to fetch documents from."""

    kind: SourceKind
    url: Address
    refresh_hours: RefreshHours | None = None
    max_pages: MaxPages = 200
    metadata: Metadata | None = None


class SourceUpdate(WireIn):
    """Changes to a source."""

    refresh_hours: RefreshHours | None = None
    max_pages: MaxPages | None = Field(default=None, description="another number lets a sitemap be visited now")
    left_out: Annotated[list[Address], Field(max_length=5000)] | None = Field(
        default=None, description="pages of a sitemap that are not wanted; [] brings those back that were deleted"
    )
    metadata: Metadata | None = None

    def changes(self) -> dict[str, Any]:
        """Return what was sent; null clears the schedule and leaves the rest."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: value for name, value in sent.items() if value is not None or name == "refresh_hours"}


class SourceRead(Wire):
    """A web page or sitemap that documents are fetched from."""

    id: SourceId
    base_id: KnowledgeBaseId
    kind: SourceKind
    url: str
    refresh_hours: int | None
    max_pages: int
    left_out: list[str] = Field(description="addresses of pages that were deleted here, and are not fetched again")
    has_more: bool = Field(description="the sitemap names more pages than are fetched")
    metadata: dict[str, Any]
    status: SourceStatus
    error: FailureRead | None
    document_count: int
    fetched_at: datetime | None
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime


class TextPageRead(Wire):
    """A page of a text; `char_from` and `char_to` are its place in the whole text."""

    number: int | None
    text: str
    char_from: int
    char_to: int


class TextRead(Wire):
    """The text of a document, as it was read."""

    pages: list[TextPageRead]


class DraftRead(Wire):
    """A chunk as a text would be cut; its text is the whole text from `char_from` to `char_to`."""

    ordinal: int
    text: str
    heading_path: list[str]
    page_from: int | None
    page_to: int | None
    char_from: int
    char_to: int
    tokens: int


class ChunkRead(DraftRead):
    """A chunk of a document, as the index has it."""

    id: ChunkId


class PreviewCreate(WireIn):
    """A text, or a document of the base, and how to cut it."""

    text: Body | None = None
    document_id: DocumentId | None = None
    settings: BaseSettingsIn | None = None

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if (self.text is None) == (self.document_id is None):
            raise PydanticCustomError("shape", "send text, or document_id, or one file as multipart")
        return self


class PreviewRead(Wire):
    """How a text would be cut; `data` has the first chunks."""

    data: list[DraftRead]
    chunk_count: int
    token_count: int
    language: str | None
    page_count: int | None
    notice: str | None


class UsageLine(Wire):
    """What is used of a limit."""

    used: int
    limit: int


class KnowledgeUsageRead(Wire):
    """What the company keeps as knowledge, and may keep."""

    bases: UsageLine
    documents: UsageLine
    bytes: UsageLine
    pages: UsageLine
    max_file_bytes: int
    max_upload_bytes: int
    max_document_pages: int

    @classmethod
    def of(cls, used: Used, room: Any, limits: Any) -> Self:
        """Read what is used beside what may be kept, and the settings."""
        return cls(
            bases=UsageLine(used=used.bases, limit=room.bases),
            documents=UsageLine(used=used.documents, limit=room.documents),
            bytes=UsageLine(used=used.bytes, limit=room.bytes),
            pages=UsageLine(used=used.pages, limit=room.pages),
            max_file_bytes=limits.max_file_bytes,
            max_upload_bytes=limits.max_upload_bytes,
            max_document_pages=limits.max_document_pages,
        )


Status = Literal["queued", "extracting", "chunking", "embedding", "ready", "failed"]


class QuestionRead(Wire):
    """A question that the documents did not answer, with those that are like it."""

    id: QuestionId
    agent_id: AgentId
    question: str
    examples: list[str] = Field(description="other wordings, newest first")
    count: int
    conversation_id: ConversationId = Field(description="where it was asked last")
    first_at: datetime
    last_at: datetime


class QuestionAnswer(WireIn):
    """The answer, and the base that it goes into."""

    knowledge_base_id: KnowledgeBaseId
    question: Asked
    answer: Body
