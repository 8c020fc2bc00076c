"""Which Office format an archive is."""

from medea.kernel.extraction import kinds
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.protocol import Order
from medea.kernel.extraction.readers.archive import Archive
from medea.kernel.extraction.readers.docx import read_docx
from medea.kernel.extraction.readers.pptx import read_pptx
from medea.kernel.extraction.readers.xlsx import read_xlsx
from medea.kernel.extraction.structure import Extraction


def read_office(content: bytes, order: Order) -> Extraction:
    """Read an Office file.

    Raises:
        ExtractionFailed: damaged, encrypted, made to do harm, or another kind of archive.
    """
    archive = Archive(content)
    kind = kinds.of_archive(archive.names)
    if kind is kinds.DOCX:
        return read_docx(archive, order.limits)
    if kind is kinds.PPTX:
        return read_pptx(archive, order.limits)
    if kind is kinds.XLSX:
        return read_xlsx(archive, order.limits)
    raise ExtractionFailed("unsupported", "This is an archive; unpack it and upload the documents in it.")
