"""What a vector store beside PostgreSQL has of each base, and bringing it in line.

PostgreSQL holds every vector; the store only finds which are nearest. Whoever writes or removes vectors of a base
that is copied notes it in the same transaction (`statements.noted`); here the notes are worked off: what is there
is written to the store, what is not is deleted from it. Doing so twice, at once, or again after a crash comes to the
same, and searches look at PostgreSQL for whatever is still noted.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import KnowledgeBaseId, TenantId
from medea.kernel.vectors.port import Key, Point, VectorStore, VectorStoreAway
from medea.modules.knowledge.index.graphs import SIZE

_BATCH = 256
_TEND = "knowledge.tend_base"

Progress = Callable[[int, int], Awaitable[None]]

_OPEN = """
INSERT INTO knowledge_copies (tenant_id, base_number, store, is_complete)
SELECT $1, $2, $3, NOT EXISTS (SELECT FROM knowledge_vectors WHERE tenant_id = $1 AND base_number = $2)
ON CONFLICT DO NOTHING
"""

_BEGIN = """
INSERT INTO knowledge_copies AS c (tenant_id, base_number, store) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, base_number) DO UPDATE
SET store = excluded.store, version = -1, chunk_number = -1, is_complete = false
"""

_FIND = """
SELECT c.store, c.version, c.chunk_number, c.is_complete, i.number IS NOT NULL AS is_there
FROM (SELECT $2::int AS number) AS asked
LEFT JOIN knowledge_copies AS c ON c.tenant_id = $1 AND c.base_number = asked.number
LEFT JOIN knowledge_indexes AS i ON i.tenant_id = $1 AND i.number = asked.number
"""

_FORGET = tuple(
    f"DELETE FROM {table} WHERE tenant_id = $1 AND base_number = $2"
    for table in ("knowledge_copy_changes", "knowledge_copies")
)

_CHANGES = """
SELECT id, version, chunk_number, dimensions FROM knowledge_copy_changes
WHERE tenant_id = $1 AND base_number = $2 ORDER BY id LIMIT $3
"""

_NOTED_VECTORS = """
SELECT v.version, v.chunk_number, v.embedding::real[] AS vector, vector_dims(v.embedding) AS dimensions
FROM (SELECT DISTINCT version, chunk_number FROM unnest($3::smallint[], $4::int[]) AS n (version, chunk_number)) AS k
CROSS JOIN LATERAL (
    SELECT version, chunk_number, embedding FROM knowledge_vectors
    WHERE tenant_id = $1 AND base_number = $2 AND version = k.version AND chunk_number = k.chunk_number OFFSET 0
) AS v
"""

_NEXT_VECTORS = """
SELECT version, chunk_number, embedding::real[] AS vector, vector_dims(embedding) AS dimensions
FROM knowledge_vectors
WHERE tenant_id = $1 AND base_number = $2 AND (version, chunk_number) > ($3::smallint, $4::int)
ORDER BY version, chunk_number LIMIT $5
"""

_NOTE = """
INSERT INTO knowledge_copy_changes (tenant_id, base_number, version, chunk_number, dimensions)
SELECT $1, $2, n.version, n.chunk_number, n.dimensions
FROM unnest($3::smallint[], $4::int[], $5::int[]) AS n (version, chunk_number, dimensions)
"""

_NOTE_GONE = f"""
{_NOTE} WHERE NOT EXISTS (
    SELECT FROM knowledge_vectors AS v WHERE v.tenant_id = $1 AND v.base_number = $2
    AND v.version = n.version AND v.chunk_number = n.chunk_number
)
"""
"""What was deleted while it was on its way to the store is there now, after its deletion: it is noted again."""

_DONE = "DELETE FROM knowledge_copy_changes WHERE tenant_id = $1 AND base_number = $2 AND id = ANY($3::bigint[])"

_ADVANCE = """
UPDATE knowledge_copies SET version = $4, chunk_number = $5
WHERE tenant_id = $1 AND base_number = $2 AND store = $3
"""

_COMPLETE = "UPDATE knowledge_copies SET is_complete = true WHERE tenant_id = $1 AND base_number = $2 AND store = $3"

_COUNT = """
SELECT count(*) AS total, count(*) FILTER (WHERE (version, chunk_number) <= ($3::smallint, $4::int)) AS done
FROM knowledge_vectors WHERE tenant_id = $1 AND base_number = $2
"""

_KEYS = """
SELECT version, chunk_number, vector_dims(embedding) AS dimensions
FROM knowledge_vectors WHERE tenant_id = $1 AND base_number = $2
"""

_BASE_OF = "SELECT base_id, has_graph, chunk_count FROM knowledge_indexes WHERE tenant_id = $1 AND number = $2"

_UNFOLLOWED = """
SELECT i.tenant_id, i.number FROM knowledge_indexes AS i
LEFT JOIN knowledge_copies AS c ON c.tenant_id = i.tenant_id AND c.base_number = i.number
WHERE i.embedding_model IS NOT NULL AND (c.store IS DISTINCT FROM $1 OR NOT c.is_complete)
UNION SELECT DISTINCT tenant_id, base_number FROM knowledge_copy_changes
UNION SELECT c.tenant_id, c.base_number FROM knowledge_copies AS c
LEFT JOIN knowledge_indexes AS i ON i.tenant_id = c.tenant_id AND i.number = c.base_number
WHERE i.number IS NULL OR c.store IS DISTINCT FROM $1
"""

_SOME_UNFOLLOWED = f"""
SELECT tenant_id, number FROM (
    SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY random()) AS turn
    FROM ({_UNFOLLOWED}) AS unfollowed
) AS in_turn
ORDER BY turn, random() LIMIT $2
"""
"""One base of each tenant, then another of each; by chance, so that none waits for ever behind what always fails."""


async def open_copy(ctx: Context, sql: Sql, number: int) -> None:
    """See that a base which is about to get vectors is copied; one without vectors yet is copied whole already."""
    if ctx.ports.vectors is not None:
        await sql.execute(_OPEN, ctx.tenant, number, ctx.ports.vectors.name)


async def follow(ctx: Context, number: int) -> bool:
    """Tell the store of a base's changes at once.

    Returns:
        Whether it could be told; otherwise `list_unfollowed` finds the base until it was.
    """
    store = ctx.ports.vectors
    if store is None:
        return True
    try:
        await _work_off(ctx, store, number)
    except VectorStoreAway as error:
        ctx.log.warning("knowledge.store_away", store=store.name, reason=str(error.__cause__ or error))
        return False
    return True


async def list_unfollowed(sql: Sql, store: str) -> list[tuple[TenantId, int]]:
    """Return the bases of all tenants that a store of this name does not have as they are. Needs the system role."""
    rows: list[tuple[UUID, int]] = [tuple(row) for row in await sql.fetch(f"{_UNFOLLOWED} ORDER BY 1, 2", store)]
    return [(TenantId(tenant), number) for tenant, number in rows]


async def list_some_unfollowed(sql: Sql, store: str, limit: int) -> list[tuple[TenantId, int]]:
    """Return as many of them at most, a tenant's next only after one of every other's. Needs the system role."""
    return [(TenantId(row["tenant_id"]), row["number"]) for row in await sql.fetch(_SOME_UNFOLLOWED, store, limit)]


async def list_all(sql: Sql, store: str) -> list[tuple[TenantId, int]]:
    """Return all bases that have vectors, and what `list_unfollowed` finds besides. Needs the system role."""
    rows = await sql.fetch("SELECT tenant_id, number FROM knowledge_indexes WHERE embedding_model IS NOT NULL")
    return sorted({*((TenantId(row["tenant_id"]), row["number"]) for row in rows), *await list_unfollowed(sql, store)})


async def bring_in_line(ctx: Context, number: int, *, progress: Progress, again: bool = False) -> None:
    """Make the store have of a base what PostgreSQL has; without a store, forget that there was one.

    Can be killed at any time and run again: it goes on where it was.

    Args:
        ctx: outside any transaction.
        number: of the base, which may be gone.
        progress: told how many of how many vectors are copied, where the base is copied as a whole.
        again: copy it as a whole although that was done before.

    Raises:
        VectorStoreAway: the store does not answer.
    """
    store = ctx.ports.vectors
    async with ctx.transaction(durable=False) as sql:
        row = await sql.fetchrow(_FIND, ctx.tenant, number)
    assert row is not None  # noqa: S101 - one row is asked for
    if store is None or not row["is_there"]:
        if store is not None:
            await store.delete_base(ctx.tenant, number)
        await _forget(ctx, number)
        return
    place = row["version"], row["chunk_number"]
    if row["store"] != store.name or again:
        async with ctx.transaction() as sql:
            await sql.execute(_BEGIN, ctx.tenant, number, store.name)
        place = -1, -1
    elif row["is_complete"]:
        await _work_off(ctx, store, number)
        return
    await _copy(ctx, store, number, place, progress)
    await _work_off(ctx, store, number)
    await _compare(ctx, store, number, {key: dims async for dims, key in store.list_keys(ctx.tenant, number)})
    async with ctx.transaction() as sql:
        await sql.execute(_COMPLETE, ctx.tenant, number, store.name)
        await _let_tend(ctx, sql, number, has_graph=True)


async def sweep(ctx: Context) -> int:
    """Compare all that the store has of a tenant with PostgreSQL, and bring what differs in line.

    Without a store it is forgotten that there was one.

    Returns:
        How many vectors differed.
    """
    store = ctx.ports.vectors
    if store is None:
        async with ctx.transaction(durable=False) as sql:
            copied = await sql.fetch("SELECT base_number FROM knowledge_copies WHERE tenant_id = $1", ctx.tenant)
        for row in copied:
            await _forget(ctx, row["base_number"])
        return 0
    found: dict[int, dict[Key, int]] = defaultdict(dict)
    async for dimensions, key in store.list_keys(ctx.tenant):
        found[key.base][key] = dimensions
    async with ctx.transaction(durable=False) as sql:
        rows = await sql.fetch(
            "SELECT base_number FROM knowledge_copies WHERE tenant_id = $1 AND store = $2 AND is_complete",
            ctx.tenant,
            store.name,
        )
        known = await sql.fetch("SELECT number FROM knowledge_indexes WHERE tenant_id = $1", ctx.tenant)
    differing = 0
    for number in {row["base_number"] for row in rows} & {row["number"] for row in known}:
        differing += await _compare(ctx, store, number, found.get(number, {}))
    for number in found.keys() - {row["number"] for row in known}:
        await store.delete_base(ctx.tenant, number)
        differing += len(found[number])
    if differing:
        ctx.log.warning("knowledge.store_differed", store=store.name, count=differing)
    return differing


async def _copy(ctx: Context, store: VectorStore, number: int, place: tuple[int, int], progress: Progress) -> None:
    async with ctx.transaction(durable=False) as sql:
        counted = await sql.fetchrow(_COUNT, ctx.tenant, number, *place)
    done, total = (counted["done"], counted["total"]) if counted else (0, 0)
    while True:
        async with ctx.transaction(durable=False) as sql:
            rows = await sql.fetch(_NEXT_VECTORS, ctx.tenant, number, *place, _BATCH)
        await progress(done, total)
        if not rows:
            return
        await _write(ctx, store, number, rows)
        place = rows[-1]["version"], rows[-1]["chunk_number"]
        async with ctx.transaction() as sql:
            await sql.execute(_NOTE_GONE, ctx.tenant, number, *_columns(rows))
            await sql.execute(_ADVANCE, ctx.tenant, number, store.name, *place)
        done = min(done + len(rows), total)


async def _work_off(ctx: Context, store: VectorStore, number: int) -> None:
    """Bring in line what is noted, until nothing is."""
    while True:
        async with ctx.transaction(durable=False) as sql:
            changes = await sql.fetch(_CHANGES, ctx.tenant, number, _BATCH)
            versions, chunks, _ = _columns(changes)
            rows = await sql.fetch(_NOTED_VECTORS, ctx.tenant, number, versions, chunks) if changes else []
        if not changes:
            return
        await _write(ctx, store, number, rows)
        there = set(zip(*_columns(rows), strict=True))
        gone: dict[int, set[Key]] = defaultdict(set)
        for version, chunk, dimensions in set(zip(*_columns(changes), strict=True)) - there:
            gone[dimensions].add(Key(number, version, chunk))
        for dimensions, keys in gone.items():
            await store.delete(ctx.tenant, dimensions, sorted(keys))
        async with ctx.transaction() as sql:
            await sql.execute(_NOTE_GONE, ctx.tenant, number, *_columns(rows))
            await sql.execute(_DONE, ctx.tenant, number, [change["id"] for change in changes])


async def _compare(ctx: Context, store: VectorStore, number: int, found: Mapping[Key, int]) -> int:
    """Bring in line what the store has too much or too little; return how many that is."""
    async with ctx.transaction(durable=False) as sql:
        rows = await sql.fetch(_KEYS, ctx.tenant, number)
    held = {Key(number, row["version"], row["chunk_number"]): row["dimensions"] for row in rows}
    differing = [(key.version, key.chunk, dims) for key, dims in found.items() ^ held.items()]
    if differing:
        async with ctx.transaction() as sql:
            await sql.execute(_NOTE, ctx.tenant, number, *(list(column) for column in zip(*differing, strict=True)))
        await _work_off(ctx, store, number)
    return len(differing)


async def _write(ctx: Context, store: VectorStore, number: int, rows: Sequence[Any]) -> None:
    points: dict[int, list[Point]] = defaultdict(list)
    for row in rows:
        key = Key(number, row["version"], row["chunk_number"])
        points[row["dimensions"]].append(Point(key, [float(f"{value:.5g}") for value in row["vector"]]))
    for dimensions, of_size in points.items():
        await store.upsert(ctx.tenant, dimensions, of_size)


async def _forget(ctx: Context, number: int) -> None:
    async with ctx.transaction() as sql:
        for statement in _FORGET:
            await sql.execute(statement, ctx.tenant, number)
        await _let_tend(ctx, sql, number, has_graph=False)


async def _let_tend(ctx: Context, sql: Sql, number: int, *, has_graph: bool) -> None:
    """Let a big base's own vector index be dropped, or made, now that it is not needed, or is."""
    row = await sql.fetchrow(_BASE_OF, ctx.tenant, number)
    if row is not None and row["has_graph"] == has_graph and (has_graph or row["chunk_count"] >= SIZE):
        base_id = KnowledgeBaseId(row["base_id"])
        ctx.enqueue(_TEND, base_id=base_id, key=str(base_id), priority=-1)


def _columns(rows: Iterable[Any]) -> tuple[list[int], list[int], list[int]]:
    found = [(row["version"], row["chunk_number"], row["dimensions"]) for row in rows]
    return [each[0] for each in found], [each[1] for each in found], [each[2] for each in found]
