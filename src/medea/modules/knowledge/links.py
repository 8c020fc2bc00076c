"""Links by which readers of an answer open the place that it cites, and nothing else.

Whoever has the link sees the passage with what stands around it, and for a PDF the page it is on. It is signed,
so no other place can be named by it, and it works until the passage is gone: an answer is read again years later.
"""

import uuid
from urllib.parse import quote

import msgspec

from medea.kernel.auth.crypto import KeyRing
from medea.kernel.auth.tokens import TokenSigner
from medea.kernel.context import Context
from medea.kernel.extraction.kinds import CSV, DOCX, HTML, MARKDOWN, PDF, PPTX, XLSX
from medea.kernel.ids import ChunkId, TenantId
from medea.modules.knowledge.values import Passage

_PREFIX = "plc"
_FRAGMENT_WORDS = 8

_MEDIA_TYPES = {known.kind: known.media_type for known in (PDF, DOCX, PPTX, XLSX, HTML, MARKDOWN, CSV)}


class _Place(msgspec.Struct, array_like=True):
    tenant: uuid.UUID
    chunk: uuid.UUID


def media_type_of(kind: str) -> str:
    """Return the media type of a kind of document; plain text for what was written by hand."""
    return _MEDIA_TYPES.get(kind, "text/plain")


def link_to(ctx: Context, passage: Passage) -> str:
    """Return the address that opens a passage: the web page it is from, or ours that shows the document there.

    Source of the text fragment: https://wicg.github.io/scroll-to-text-fragment/
    """
    if passage.url is not None:
        words = " ".join(passage.text.split()[:_FRAGMENT_WORDS])
        return f"{passage.url.partition('#')[0]}#:~:text={quote(words, safe='')}"
    token = _signer(ctx.ports.keyring).sign(_Place(_plain(ctx.tenant), _plain(passage.chunk_id)))
    return f"{ctx.ports.settings.widget_origin}/sources/{token}"


def read_link(keyring: KeyRing, token: str) -> tuple[TenantId, ChunkId] | None:
    """Return what a link names, or None when it is none of ours."""
    found = _signer(keyring).read(token, _Place)
    return None if found is None else (TenantId(found.tenant), ChunkId(found.chunk))


def _signer(keyring: KeyRing) -> TokenSigner:
    return TokenSigner(keyring.signing_key("knowledge-place"), _PREFIX)


def _plain(value: uuid.UUID) -> uuid.UUID:
    return uuid.UUID(int=value.int)
