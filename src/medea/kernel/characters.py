"""Characters that PostgreSQL does not take.

It stores no NUL character in text or jsonb, and UTF-8 has no lone surrogates; models, clients and files send both.
They are removed here, and nowhere else. Apart from `text`, because children that read files import little.
"""

import re

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Remove what PostgreSQL cannot store: NUL and lone surrogates."""
    return _REFUSED.sub("", text) if _REFUSED.search(text) else text
