"""Documents into the index and out of it: chunks, postings, term statistics, in the caller's transaction.

One writer per base at a time, by a lock on the base's row of `knowledge_indexes`: chunk numbers, counts and
statistics change together. Analysis, which takes most of the time, is done before that lock is taken.
"""

import asyncio
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from medea.kernel.db.sql import Sql
from medea.kernel.ids import ChunkId, DocumentId, KnowledgeBaseId, TenantId
from medea.modules.knowledge.index import statements as st
from medea.modules.knowledge.index.analysis import VERSION, analyse
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.values import ChunkDraft

_MOST_COUNTED = 32_767  # what two bytes hold
_POSTINGS_AT_ONCE = 50_000
_LONG = 500_000
"""Characters whose analysis may take a second where the machine is busy."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a new version of a document changed.

    Attributes:
        kept: chunks that were there before, with their ids and vectors.
        pending: chunks that wait for their vectors.
        number: of the base.
    """

    kept: int
    added: int
    removed: int
    pending: int
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class _Analysed:
    """A chunk with its terms.

    Attributes:
        content: hash of what makes it the same chunk.
        analysis: hash of what else its terms come from.
        terms: of title and headings, then of the text.
        heading_terms: how many of them come from title and headings.
    """

    draft: ChunkDraft
    content: bytes
    analysis: bytes
    terms: list[int]
    heading_terms: int


@dataclass(frozen=True, slots=True)
class _New:
    """A chunk that was not there."""

    document_id: DocumentId
    language: str | None
    ordinal: int
    chunk: _Analysed


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What the index is to have of a document.

    Attributes:
        document_id: it must exist.
        chunks: in their order.
        language: ISO 639-1; None: found out from the text.
        title: of the document; searched with every chunk.
        is_titled: somebody wrote the title as one, see `Document.is_titled`.
    """

    document_id: DocumentId
    chunks: Sequence[ChunkDraft]
    language: str | None
    title: str
    is_titled: bool


async def replace_document(sql: Sql, tenant: TenantId, base_id: KnowledgeBaseId, version: NewVersion) -> Replaced:
    """Make chunks what the index has of a document; see `replace_documents`."""
    return (await replace_documents(sql, tenant, base_id, [version]))[version.document_id]


async def replace_documents(
    sql: Sql, tenant: TenantId, base_id: KnowledgeBaseId, versions: Sequence[NewVersion]
) -> dict[DocumentId, Replaced]:
    """Make chunks what the index has of documents; searchable by words once the transaction commits.

    A chunk with the same text under the same headings as before keeps its id and its vectors.

    Args:
        sql: the caller's transaction. It holds the base's lock afterwards, so it should end soon.
        tenant: whose base it is.
        base_id: the base.
        versions: each of another document.
    """
    if sum(len(chunk.text) for version in versions for chunk in version.chunks) > _LONG:
        await sql.execute(st.TAKE_TIME)
    analysed = await asyncio.to_thread(_analyse_versions, versions)
    base = await _lock(sql, tenant, base_id)
    ids = [version.document_id for version in versions]
    there: dict[DocumentId, list[Any]] = defaultdict(list)
    for row in await sql.fetch(st.CHUNKS_OF_DOCUMENTS, tenant, ids):
        there[DocumentId(row["document_id"])].append(row)
    change = _Change(sql, tenant, base)
    added: list[_New] = []
    counts: dict[DocumentId, tuple[int, int, int]] = {}
    for version, (language, chunks) in zip(versions, analysed, strict=True):
        kept, new, gone = _compare(chunks, there[version.document_id])
        await change.remove(gone)
        await change.keep(kept, language)
        added += [_New(version.document_id, language, ordinal, chunk) for ordinal, chunk in new]
        counts[version.document_id] = len(kept), len(new), len(gone)
    await change.add(added)
    await change.finish()
    pending = await _count_pending(sql, tenant, base["number"], ids)
    return {id_: Replaced(*counted, pending.get(id_, 0), base["number"]) for id_, counted in counts.items()}


async def count_pending(
    sql: Sql, tenant: TenantId, base_id: KnowledgeBaseId, ids: Sequence[DocumentId]
) -> dict[DocumentId, int]:
    """Return how many chunks of documents wait for their vectors; documents of which none does are left out.

    It stays so until the transaction ends where the caller has locked the documents.
    """
    number = await sql.fetchval(st.FIND_NUMBER, tenant, base_id)
    return {} if number is None else await _count_pending(sql, tenant, number, ids)


async def _count_pending(sql: Sql, tenant: TenantId, number: int, ids: Sequence[DocumentId]) -> dict[DocumentId, int]:
    rows = await sql.fetch(st.COUNT_PENDING, tenant, list(ids), number)
    return {DocumentId(row["document_id"]): row["pending"] for row in rows}


def _compare(
    chunks: Sequence[_Analysed], rows: Sequence[Any]
) -> tuple[list[tuple[int, _Analysed, Any]], list[tuple[int, _Analysed]], list[Any]]:
    """Return which chunks were there before (with their rows), which are new, and which rows are gone."""
    waiting: dict[bytes, deque[Any]] = defaultdict(deque)
    for row in rows:
        waiting[row["content_hash"]].append(row)
    kept: list[tuple[int, _Analysed, Any]] = []
    added: list[tuple[int, _Analysed]] = []
    for ordinal, chunk in enumerate(chunks):
        if found := waiting.get(chunk.content):
            kept.append((ordinal, chunk, found.popleft()))
        else:
            added.append((ordinal, chunk))
    return kept, added, [row for left in waiting.values() for row in left]


async def remove_document(sql: Sql, tenant: TenantId, base_id: KnowledgeBaseId, document_id: DocumentId) -> int | None:
    """Take everything of a document out of the index. The document's row must still be there.

    Returns:
        The base's number, for `queueing.enqueue_following`; None: nothing of the base was ever in the index.
    """
    base = await sql.fetchrow(st.LOCK_INDEX, tenant, base_id)
    if base is None:
        return None
    change = _Change(sql, tenant, base)
    await change.remove(await sql.fetch(st.CHUNKS_OF_DOCUMENTS, tenant, [document_id]))
    await change.finish()
    number: int = base["number"]
    return number


async def remove_base(sql: Sql, tenant: TenantId, base_id: KnowledgeBaseId) -> int:
    """Take everything of a base out of the index. The base's row must still be there.

    Returns:
        The base's number, for `graphs.drop_graphs` and `queueing.enqueue_following` after the commit.
    """
    base = await _lock(sql, tenant, base_id)
    for statement in st.REMOVE_BASE:
        await sql.execute(statement, tenant, base["number"])
    number: int = base["number"]
    return number


async def lock_index(sql: Sql, tenant: TenantId, base_id: KnowledgeBaseId) -> None:
    """Let nobody else write to the index of a base until the transaction ends."""
    await _lock(sql, tenant, base_id)


async def _lock(sql: Sql, tenant: TenantId, base_id: KnowledgeBaseId) -> Any:
    """Return the base's row of the index, made at first use, locked until the transaction ends.

    Making it locks the base's own row, so whoever may has done that before it locked any document.
    """
    row = await sql.fetchrow(st.LOCK_INDEX, tenant, base_id)
    if row is None:
        await sql.execute(st.MAKE_INDEX, tenant, base_id)
        row = await sql.fetchrow(st.LOCK_INDEX, tenant, base_id)
    return row


class _Change:
    """Changes to one base, whose lock is held, and what they do to its statistics."""

    def __init__(self, sql: Sql, tenant: TenantId, base: Any) -> None:
        self._sql = sql
        self._tenant = tenant
        self._number: int = base["number"]
        self._next: int = base["next_chunk"]
        self._documents: Counter[int] = Counter()  # by term, in how many chunks more or fewer
        self._languages: Counter[str] = Counter()
        self._chunks = 0
        self._terms = 0

    async def remove(self, rows: Sequence[Any]) -> None:
        """Remove chunks with all that hangs on them."""
        if not rows:
            return
        await self._unpost([(row["number"], _unpacked(row["terms"])) for row in rows])
        for row in rows:
            self._languages[row["language"] or ""] -= 1
        self._chunks -= len(rows)
        numbers = [row["number"] for row in rows]
        for statement in st.REMOVE_CHUNKS:
            await self._sql.execute(statement, self._tenant, self._number, numbers)

    async def keep(self, kept: Sequence[tuple[int, _Analysed, Any]], language: str | None) -> None:
        """Give kept chunks their new places, and new terms where title or language changed."""
        moved = [
            (row["id"], ordinal, chunk.draft.page_from, chunk.draft.page_to, chunk.draft.char_from, chunk.draft.char_to)
            for ordinal, chunk, row in kept
            if tuple(row[name] for name in ("ordinal", "page_from", "page_to", "char_from", "char_to"))
            != (ordinal, chunk.draft.page_from, chunk.draft.page_to, chunk.draft.char_from, chunk.draft.char_to)
        ]
        if moved:
            await self._sql.execute(st.MOVE_CHUNKS, self._tenant, *map(list, zip(*moved, strict=True)))
        other = [(chunk, row) for _, chunk, row in kept if chunk.analysis != row["analysis_hash"]]
        if not other:
            return
        await self._unpost([(row["number"], _unpacked(row["terms"])) for _, row in other])
        await self._post([(row["number"], chunk.terms) for chunk, row in other])
        for _, row in other:
            self._languages[row["language"] or ""] -= 1
            self._languages[language or ""] += 1
        changed = [(row["id"], chunk.analysis, _packed(chunk.terms), chunk.heading_terms) for chunk, row in other]
        await self._sql.execute(st.REANALYSE_CHUNKS, self._tenant, language, *map(list, zip(*changed, strict=True)))

    async def add(self, added: Sequence[_New]) -> None:
        """Write new chunks."""
        if not added:
            return
        numbers = range(self._next, self._next + len(added))
        self._next += len(added)
        columns: list[list[Any]] = [[] for _ in range(16)]
        for number, new in zip(numbers, added, strict=True):
            chunk, draft = new.chunk, new.chunk.draft
            row = (
                new.document_id, new.language,
                ChunkId.new(), number, new.ordinal, draft.text, "\x1f".join(draft.heading_path),
                draft.page_from, draft.page_to, draft.char_from, draft.char_to, draft.tokens,
                chunk.content, chunk.analysis, _packed(chunk.terms), chunk.heading_terms,
            )  # fmt: skip
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        await self._sql.execute(st.INSERT_CHUNKS, self._tenant, self._number, *columns)
        await self._post([(number, new.chunk.terms) for number, new in zip(numbers, added, strict=True)])
        self._chunks += len(added)
        self._languages.update(new.language or "" for new in added)

    async def finish(self) -> None:
        """Write the statistics."""
        changed = sorted((term, by) for term, by in self._documents.items() if by)
        if changed:
            terms, by = (list(column) for column in zip(*changed, strict=True))
            await self._sql.execute(st.COUNT_TERMS, self._tenant, self._number, terms, by)
            if self._terms < 0 or any(count < 0 for count in by):
                await self._sql.execute(st.FORGET_TERMS, self._tenant, self._number, terms)
        languages = {language: by for language, by in self._languages.items() if by}
        await self._sql.execute(
            st.COUNT_BASE, self._tenant, self._number, self._chunks, self._terms, self._next, languages
        )

    async def _post(self, chunks: Sequence[tuple[int, list[int]]]) -> None:
        columns: tuple[list[int], ...] = ([], [], [], [])
        terms, numbers, frequencies, lengths = columns
        for number, of_chunk in chunks:
            counted = Counter(of_chunk)
            self._terms += len(of_chunk)
            self._documents.update(counted.keys())
            length = min(len(of_chunk), _MOST_COUNTED)
            for term, frequency in counted.items():
                terms.append(term)
                numbers.append(number)
                frequencies.append(min(frequency, _MOST_COUNTED))
                lengths.append(length)
        for start in range(0, len(terms), _POSTINGS_AT_ONCE):
            part = slice(start, start + _POSTINGS_AT_ONCE)
            await self._sql.execute(st.INSERT_POSTINGS, self._tenant, self._number, *(of[part] for of in columns))

    async def _unpost(self, chunks: Sequence[tuple[int, list[int]]]) -> None:
        terms: list[int] = []
        numbers: list[int] = []
        for number, of_chunk in chunks:
            distinct = set(of_chunk)
            self._terms -= len(of_chunk)
            self._documents.subtract(distinct)
            terms.extend(distinct)
            numbers.extend([number] * len(distinct))
        for start in range(0, len(terms), _POSTINGS_AT_ONCE):
            part = slice(start, start + _POSTINGS_AT_ONCE)
            await self._sql.execute(st.DELETE_POSTINGS, self._tenant, self._number, terms[part], numbers[part])


def _packed(terms: list[int]) -> bytes:
    return array("i", terms).tobytes()


def _unpacked(stored: bytes) -> list[int]:
    terms = array("i")
    terms.frombytes(stored)
    return terms.tolist()


def _analyse_versions(versions: Sequence[NewVersion]) -> list[tuple[str | None, list[_Analysed]]]:
    return [_analyse_version(version) for version in versions]


def _analyse_version(version: NewVersion) -> tuple[str | None, list[_Analysed]]:
    chunks, title = version.chunks, version.title
    language = version.language or detect_language("\n".join(chunk.text for chunk in chunks[:20]))
    of_title = analyse(title, language)
    origin = _hash(str(VERSION), language or "", title)
    own = (title,) if title and version.is_titled and len(chunks) == 1 else ()
    return language, [_analyse_one(chunk, language, of_title, origin, own) for chunk in chunks]


def _analyse_one(
    chunk: ChunkDraft, language: str | None, of_title: list[int], origin: bytes, own: tuple[str, ...]
) -> _Analysed:
    above = of_title + analyse(" ".join(chunk.heading_path), language)
    above = above[:_MOST_COUNTED]
    terms = above + analyse(chunk.text, language)
    return _Analysed(chunk, _hash(*own, *chunk.heading_path, chunk.text), origin, terms, len(above))


def _hash(*parts: str) -> bytes:
    made = blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode()
        made.update(len(encoded).to_bytes(8, "little"))
        made.update(encoded)
    return made.digest()
