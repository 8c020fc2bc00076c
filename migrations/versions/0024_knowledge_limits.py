"""What was agreed on with single tenants; documents on their way, and pages that are the same as others."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; mark pages that are another's; index what is unfinished and what vectors were not made for."""
    tenant_table(
        op,
        "tenant_allowances",
        """
        knowledge_bases int CHECK (knowledge_bases >= 0),
        knowledge_documents int CHECK (knowledge_documents >= 0),
        knowledge_pages int CHECK (knowledge_pages >= 0),
        knowledge_bytes bigint CHECK (knowledge_bytes >= 0),
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id)
        """,
        app="SELECT",  # a tenant does not say what it may
    )
    open_to_system(op, "tenant_allowances", "SELECT, INSERT, UPDATE")
    op.execute("ALTER TABLE knowledge_documents ADD COLUMN canonical_url text, ADD COLUMN same_as uuid")
    op.execute(
        "CREATE INDEX knowledge_documents_canonical ON knowledge_documents (tenant_id, base_id, canonical_url)"
        " WHERE canonical_url IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX knowledge_documents_twins ON knowledge_documents (tenant_id, same_as) WHERE same_as IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX knowledge_documents_unfinished ON knowledge_documents (status, updated_at)"
        " WHERE status NOT IN ('ready', 'failed')"
    )
    open_to_system(
        op, "knowledge_documents", "SELECT (tenant_id, id, base_id, version, status, error_code, updated_at)"
    )
    op.execute(
        "CREATE INDEX knowledge_documents_unembedded ON knowledge_documents (tenant_id, updated_at)"
        " WHERE status = 'failed' AND error_code = 'embedding_failed'"
    )
    _redo_what_was_there()


_TOUCHED = (
    "knowledge_bases", "knowledge_chunks", "knowledge_contents", "knowledge_copies", "knowledge_copy_changes",
    "knowledge_documents", "knowledge_indexes", "knowledge_token_vectors", "knowledge_vectors", "jobs",
)  # fmt: skip

_UNTITLED = """
    SELECT i.tenant_id, i.base_id, i.number AS base_number, c.number AS chunk_number
    FROM knowledge_indexes AS i
    JOIN knowledge_bases AS b ON b.tenant_id = i.tenant_id AND b.id = i.base_id
    JOIN knowledge_chunks AS c ON c.tenant_id = i.tenant_id AND c.base_number = i.number AND c.ordinal = 0
    JOIN knowledge_documents AS d ON d.tenant_id = c.tenant_id AND d.id = c.document_id
    WHERE i.embedding_model = 'medea/minilm' AND i.next_model IS NULL
    AND (NOT b.settings ? 'embedding_model' OR b.settings ->> 'embedding_model' = 'medea/minilm')
    AND (d.kind = 'page' OR d.kind = 'text' AND NOT EXISTS (
        SELECT FROM knowledge_contents AS f WHERE f.tenant_id = d.tenant_id AND f.document_id = d.id
        AND f.version = d.live_version AND f.filename IS NOT NULL
    ))
    AND NOT EXISTS (
        SELECT FROM knowledge_chunks AS o
        WHERE o.tenant_id = c.tenant_id AND o.document_id = c.document_id AND o.ordinal = 1
    )
"""
"""Chunks whose vectors are now made with the title, of bases whose model is here: that costs nobody anything."""


def _redo_what_was_there() -> None:
    """Pages are known by their addresses; vectors of titled texts of one chunk are made again, by the bases' tending.

    Until then these texts are found by their words. The owner sees no row of tables that force their policies on it.
    """
    for table in _TOUCHED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE knowledge_documents SET canonical_url = split_part(url, '#', 1)"
        " WHERE kind = 'page' AND live_version IS NOT NULL AND url IS NOT NULL"
    )
    op.execute(
        f"""
        INSERT INTO jobs (tenant_id, id, task, queue, payload, priority, max_attempts, dedupe_key)
        SELECT u.tenant_id, gen_random_uuid(), 'knowledge.tend_base', 'slow',
            jsonb_build_object('base_id', 'kb_' || replace(u.base_id::text, '-', '')), -1, 9,
            'kb_' || replace(u.base_id::text, '-', '')
        FROM (SELECT DISTINCT tenant_id, base_id FROM ({_UNTITLED}) AS untitled) AS u
        ON CONFLICT DO NOTHING
        """
    )
    op.execute(
        f"""
        DELETE FROM knowledge_token_vectors AS v USING ({_UNTITLED}) AS u
        WHERE v.tenant_id = u.tenant_id AND v.base_number = u.base_number AND v.chunk_number = u.chunk_number
        """
    )
    op.execute(
        f"""
        WITH gone AS (
            DELETE FROM knowledge_vectors AS v USING ({_UNTITLED}) AS u
            WHERE v.tenant_id = u.tenant_id AND v.base_number = u.base_number AND v.chunk_number = u.chunk_number
            RETURNING v.tenant_id, v.base_number, v.version, v.chunk_number, vector_dims(v.embedding) AS dimensions
        )
        INSERT INTO knowledge_copy_changes (tenant_id, base_number, version, chunk_number, dimensions)
        SELECT g.tenant_id, g.base_number, g.version, g.chunk_number, g.dimensions
        FROM gone AS g JOIN knowledge_copies AS k ON k.tenant_id = g.tenant_id AND k.base_number = g.base_number
        """
    )
    for table in _TOUCHED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
