"""Refusals of this module."""

from medea.kernel.errors import Conflict, Invalid, LimitReached, NotFound, TooLarge, Unavailable


class BaseNotFound(NotFound):
    """There is no such knowledge base."""

    code = "knowledge.base_not_found"


class DocumentNotFound(NotFound):
    """There is no such document."""

    code = "knowledge.document_not_found"


class SourceNotFound(NotFound):
    """There is no such source."""

    code = "knowledge.source_not_found"


class PageNotFound(NotFound):
    """This document has no such page, or none that can be drawn."""

    code = "knowledge.page_not_found"


class DrawingBusy(Unavailable):
    """Too many pages are being drawn right now; try again in a moment."""

    code = "knowledge.drawing_busy"


class TextNotReady(Conflict):
    """The text of this document has not been read yet; look again when its status says so."""

    code = "knowledge.text_not_ready"


class NoOriginal(NotFound):
    """This document was not uploaded as a file; its text is all there is."""

    code = "knowledge.no_original"


class DocumentExists(Conflict):
    """Another document of this base has the same content."""

    code = "knowledge.document_exists"


class SourceExists(Conflict):
    """This base has a source with that address already."""

    code = "knowledge.source_exists"


class NothingToRetry(Conflict):
    """Only a document that failed can be tried again."""

    code = "knowledge.nothing_to_retry"


class NotReplaceable(Conflict):
    """This document comes from a web page; refresh its source instead of uploading a new version."""

    code = "knowledge.not_replaceable"


class InvalidDocument(Invalid):
    """The document cannot be taken in as it was sent."""

    code = "knowledge.invalid_document"


class InvalidSettings(Invalid):
    """These settings do not fit a knowledge base."""

    code = "knowledge.invalid_settings"


class UnsupportedFile(Invalid):
    """This kind of file cannot be read."""

    code = "knowledge.unsupported_file"


class FileTooLarge(TooLarge):
    """The file is larger than one document may be."""

    code = "knowledge.file_too_large"


class KnowledgeFull(LimitReached):
    """The limit of what this company may keep as knowledge is reached; delete something or ask for more."""

    code = "knowledge.limit_reached"


class QuestionNotFound(NotFound):
    """There is no such open question."""

    code = "knowledge.question_not_found"
