"""Another embedding model for a base: its vectors are made beside the present ones, then take over at once.

Until then searches compare with the present model's. A generation that nobody compares with any more is deleted.
"""

from datetime import timedelta

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.embeddings.port import EmbeddingModelMissing
from medea.kernel.ids import KnowledgeBaseId, TenantId
from medea.modules.knowledge.index.copies import Progress
from medea.modules.knowledge.index.models import find_embedder
from medea.modules.knowledge.index.statements import noted
from medea.modules.knowledge.index.vectors import Target, fill

_TEND = "knowledge.tend_base"
_LEFT_FOR = timedelta(minutes=5)
"""How long the vectors of the model before stay: a search that has just read which to use still finds them."""

_BEGIN = """
UPDATE knowledge_indexes SET next_model = $3,
    next_version = CASE WHEN next_model IS NOT DISTINCT FROM $3 THEN next_version
        ELSE greatest(embedding_version, coalesce(next_version, 0)) + 1 END
WHERE tenant_id = $1 AND base_id = $2 AND embedding_model IS NOT NULL
"""

_PLAN = """
SELECT i.number, i.embedding_model, i.embedding_version, i.next_model, i.next_version,
    CASE WHEN b.settings ? 'embedding_model' THEN b.settings ->> 'embedding_model' ELSE 'medea/minilm' END AS wanted
FROM knowledge_indexes AS i JOIN knowledge_bases AS b ON b.tenant_id = i.tenant_id AND b.id = i.base_id
WHERE i.tenant_id = $1 AND i.base_id = $2 FOR UPDATE OF i
"""

_LACKING = """
SELECT count(*) FROM knowledge_chunks AS c WHERE c.tenant_id = $1 AND c.base_number = $2 AND NOT EXISTS (
    SELECT FROM knowledge_vectors AS v
    WHERE v.tenant_id = $1 AND v.base_number = $2 AND v.version = $3 AND v.chunk_number = c.number
)
"""

_TAKE_OVER = """
UPDATE knowledge_indexes SET embedding_model = next_model, embedding_version = next_version,
    embedding_dimensions = (
        SELECT vector_dims(embedding) FROM knowledge_vectors AS v
        WHERE v.tenant_id = $1 AND v.base_number = $2 AND v.version = next_version LIMIT 1
    ),
    next_model = NULL, next_version = NULL, has_graph = false
WHERE tenant_id = $1 AND number = $2
"""

_STOP = """
UPDATE knowledge_indexes SET embedding_model = NULL, embedding_dimensions = NULL, next_model = NULL,
    next_version = NULL, embedding_version = greatest(embedding_version, coalesce(next_version, 0)) + 1,
    has_graph = false
WHERE tenant_id = $1 AND number = $2
"""

_CALL_OFF = "UPDATE knowledge_indexes SET next_model = NULL WHERE tenant_id = $1 AND number = $2"

_FORGET_IN = "DELETE FROM {table} WHERE tenant_id = $1 AND base_number = $2 AND version <> ALL($3::smallint[])"
_FORGET = (
    noted(_FORGET_IN.format(table="knowledge_vectors")),
    _FORGET_IN.format(table="knowledge_token_vectors"),
)


async def switch_model(ctx: Context, base_id: KnowledgeBaseId, *, progress: Progress) -> int:
    """Bring a base's vectors to the model that its settings name.

    Can be killed at any time and run again: it goes on with what is missing. The switch itself is one statement,
    made when no chunk lacks a vector, under the lock that writers of chunks take.

    Args:
        ctx: outside any transaction: this calls a model.
        base_id: which.
        progress: told how many of how many chunks are done.

    Returns:
        How many vectors were made.

    Raises:
        EmbeddingModelMissing: the model is not installed, or its provider is gone; the present one stays.
        ModelError: an endpoint failed.
    """
    made = 0
    while True:
        async with ctx.transaction() as sql:
            target = await _advance(ctx, sql, base_id)
        if target is None:
            return made
        embedder = await find_embedder(ctx, target.model)
        if embedder is None:
            raise EmbeddingModelMissing(model=target.model)
        made += await fill(ctx, target, embedder, None, progress)


async def _advance(ctx: Context, sql: Sql, base_id: KnowledgeBaseId) -> Target | None:
    """Do what can be done without a model; return the generation that needs one, None when all is as wanted."""
    tenant = ctx.tenant
    row = await sql.fetchrow(_PLAN, tenant, base_id)
    if row is None:
        return None
    number, wanted = row["number"], row["wanted"]
    if wanted is None:
        if row["embedding_model"] is not None:
            await sql.execute(_STOP, tenant, number)
            await _forget(sql, tenant, number, [])
        return None
    if row["embedding_model"] in {None, wanted}:
        if row["embedding_model"] is None:
            await sql.execute(
                "UPDATE knowledge_indexes SET embedding_model = $3 WHERE tenant_id = $1 AND number = $2",
                tenant,
                number,
                wanted,
            )
        if row["next_model"] is not None:
            await sql.execute(_CALL_OFF, tenant, number)
        await _forget(sql, tenant, number, [row["embedding_version"]])
        lacking = await sql.fetchval(_LACKING, tenant, number, row["embedding_version"])
        return Target(number, row["embedding_version"], wanted) if lacking else None
    if row["next_model"] != wanted:
        await sql.execute(_BEGIN, tenant, base_id, wanted)
        row = await sql.fetchrow(_PLAN, tenant, base_id)
        assert row is not None  # noqa: S101 - it is locked
        await _forget(sql, tenant, number, [row["embedding_version"], row["next_version"]])
    if await sql.fetchval(_LACKING, tenant, number, row["next_version"]):
        return Target(number, row["next_version"], wanted)
    await sql.execute(_TAKE_OVER, tenant, number)
    # the run that forgets the old ones; a key of its own, so that another switch asked for meanwhile waits for nothing
    ctx.enqueue(_TEND, base_id=base_id, key=f"{base_id}/forget", priority=-1, run_at=ctx.now() + _LEFT_FOR)
    return None


async def _forget(sql: Sql, tenant: TenantId, number: int, kept: list[int]) -> None:
    for statement in _FORGET:
        await sql.execute(statement, tenant, number, kept)
