"""Reading a file with the limits of this installation."""

from medea.kernel.extraction.limits import Limits
from medea.kernel.settings import KnowledgeSettings


def limits_of(settings: KnowledgeSettings) -> Limits:
    """Return what reading one file may cost."""
    return Limits(
        memory=settings.extraction_memory_mb * 1_000_000,
        seconds=settings.extraction_seconds,
        processes=settings.extraction_processes,
        pages=settings.max_document_pages,
        chars=settings.max_text_chars,
        file=settings.max_file_bytes,
        ocr=settings.ocr_languages if settings.ocr else None,
        ocr_pages=settings.max_ocr_pages,
    )
