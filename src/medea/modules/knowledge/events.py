"""What this module announces."""

from medea.kernel.bus.event import event
from medea.kernel.ids import DocumentId, KnowledgeBaseId


@event("knowledge.document_ready", version=1)
class DocumentReady:
    """A version of a document is in the index, with its vectors where its base has a model for them."""

    base_id: KnowledgeBaseId
    document_id: DocumentId
    version: int


@event("knowledge.document_failed", version=1)
class DocumentFailed:
    """A version of a document could not be taken in; what was there before stays searchable."""

    base_id: KnowledgeBaseId
    document_id: DocumentId
    version: int
    code: str


@event("knowledge.document_deleted", version=1)
class DocumentDeleted:
    """A document was deleted with everything that was made of it."""

    base_id: KnowledgeBaseId
    document_id: DocumentId
