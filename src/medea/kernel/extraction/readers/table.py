"""Comma-separated values, or tabs, or semicolons."""

import csv
import io

from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.structure import Extraction
from medea.kernel.extraction.writing import TextWriter, tidy_text

_SAMPLE = 16_384
_LONGEST_FIELD = 1_000_000


def read_csv(text: str, limits: Limits) -> Extraction:
    """Read a table; its first row names the columns."""
    text = tidy_text(text)
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:_SAMPLE], delimiters=",;\t|")
    except csv.Error:
        dialect = "excel"
    writer = TextWriter(limits.chars)
    try:
        writer.table(list(csv.reader(io.StringIO(text), dialect)))
    except csv.Error:  # no table after all
        writer.paragraph(text)
    found, structure = writer.finish()
    return Extraction("csv", found, structure)
