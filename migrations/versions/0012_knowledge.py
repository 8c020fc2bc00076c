"""Knowledge bases, documents, their contents and sources."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = "('queued', 'extracting', 'chunking', 'embedding', 'ready', 'failed')"


def upgrade() -> None:
    """Create them."""
    tenant_table(
        op,
        "knowledge_bases",
        """
        id uuid NOT NULL,
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        settings jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        created_by uuid,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
        """,
    )
    open_to_system(op, "knowledge_bases")  # whose files are to be looked through
    _sources()
    _documents()


def _sources() -> None:
    tenant_table(
        op,
        "knowledge_sources",
        """
        id uuid NOT NULL,
        base_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('page', 'sitemap')),
        url text NOT NULL,
        refresh_hours int CHECK (refresh_hours BETWEEN 1 AND 8760),
        max_pages int NOT NULL DEFAULT 200 CHECK (max_pages > 0),
        metadata jsonb NOT NULL DEFAULT '{}',
        status text NOT NULL CHECK (status IN ('queued', 'fetching', 'ready', 'failed')),
        error_code text,
        error_message text,
        fetched_at timestamptz,
        next_at timestamptz,
        created_at timestamptz NOT NULL,
        created_by uuid,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, base_id, url),
        FOREIGN KEY (tenant_id, base_id) REFERENCES knowledge_bases (tenant_id, id) ON DELETE CASCADE
        """,
    )
    op.execute("CREATE INDEX knowledge_sources_due ON knowledge_sources (next_at) WHERE next_at IS NOT NULL")
    open_to_system(op, "knowledge_sources", "SELECT, UPDATE")  # what is due, of all tenants


def _documents() -> None:
    tenant_table(
        op,
        "knowledge_documents",
        f"""
        id uuid NOT NULL,
        base_id uuid NOT NULL,
        source_id uuid,
        name text NOT NULL,
        kind text NOT NULL,
        url text,
        metadata jsonb NOT NULL DEFAULT '{{}}',
        fingerprint bytea,
        status text NOT NULL CHECK (status IN {STATES}),
        step_done int,
        step_total int,
        error_code text,
        error_message text,
        version int NOT NULL DEFAULT 1,
        live_version int,
        chunk_count int NOT NULL DEFAULT 0,
        language text,
        etag text,
        last_modified text,
        checked_at timestamptz,
        created_at timestamptz NOT NULL,
        created_by uuid,
        updated_at timestamptz NOT NULL,
        indexed_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, base_id) REFERENCES knowledge_bases (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, source_id) REFERENCES knowledge_sources (tenant_id, id)
          ON DELETE SET NULL (source_id)
        """,
    )
    op.execute("CREATE INDEX knowledge_documents_of_base ON knowledge_documents (tenant_id, base_id, id)")
    # the same content twice in a base is one document
    op.execute("CREATE UNIQUE INDEX knowledge_documents_same ON knowledge_documents (tenant_id, base_id, fingerprint)")
    op.execute(
        "CREATE UNIQUE INDEX knowledge_documents_page ON knowledge_documents (tenant_id, source_id, url)"
        " WHERE source_id IS NOT NULL"
    )
    tenant_table(
        op,
        "knowledge_contents",
        """
        document_id uuid NOT NULL,
        version int NOT NULL CHECK (version > 0),
        kind text NOT NULL,
        media_type text NOT NULL,
        filename text,
        storage_key text,
        size_bytes bigint NOT NULL,
        sha256 bytea NOT NULL,
        text text,
        structure jsonb,
        page_count int,
        notice text,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, document_id, version),
        FOREIGN KEY (tenant_id, document_id) REFERENCES knowledge_documents (tenant_id, id) ON DELETE CASCADE
        """,
    )
