"""Chunks, postings, term statistics and vectors."""

from alembic import op

from medea.kernel.db.schema import tenant_table

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them.

    Postings and vectors are many: they name base and chunk by numbers of four bytes. `number` of a base is
    unique in the installation, that of a chunk in its base. Nothing cascades to them: who deletes a document
    or a base without taking it out of the index is told so by the foreign keys.
    """
    tenant_table(
        op,
        "knowledge_indexes",
        """
        base_id uuid NOT NULL,
        number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
        chunk_count integer NOT NULL DEFAULT 0,
        term_count bigint NOT NULL DEFAULT 0,
        next_chunk integer NOT NULL DEFAULT 1,
        languages jsonb NOT NULL DEFAULT '{}',
        embedding_model text,
        embedding_dimensions integer,
        embedding_version smallint NOT NULL DEFAULT 0,
        next_model text,
        next_version smallint,
        has_graph boolean NOT NULL DEFAULT false,
        PRIMARY KEY (tenant_id, base_id),
        FOREIGN KEY (tenant_id, base_id) REFERENCES knowledge_bases (tenant_id, id)
        """,
    )
    tenant_table(
        op,
        "knowledge_chunks",
        """
        id uuid NOT NULL,
        base_number integer NOT NULL,
        number integer NOT NULL,
        document_id uuid NOT NULL,
        ordinal integer NOT NULL,
        text text NOT NULL,
        heading_path text[] NOT NULL,
        page_from integer,
        page_to integer,
        char_from integer NOT NULL,
        char_to integer NOT NULL,
        tokens integer NOT NULL,
        language text,
        content_hash bytea NOT NULL,
        analysis_hash bytea NOT NULL,
        terms bytea NOT NULL,
        heading_terms smallint NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, base_number, number),
        FOREIGN KEY (tenant_id, document_id) REFERENCES knowledge_documents (tenant_id, id)
        """,
    )
    op.execute("CREATE INDEX knowledge_chunks_document ON knowledge_chunks (tenant_id, document_id, ordinal)")
    tenant_table(
        op,
        "knowledge_postings",
        """
        base_number integer NOT NULL,
        term integer NOT NULL,
        chunk_number integer NOT NULL,
        frequency smallint NOT NULL,
        length smallint NOT NULL,
        PRIMARY KEY (tenant_id, base_number, term, chunk_number) INCLUDE (frequency, length)
        """,
    )
    tenant_table(
        op,
        "knowledge_terms",
        """
        base_number integer NOT NULL,
        term integer NOT NULL,
        chunk_count integer NOT NULL,
        PRIMARY KEY (tenant_id, base_number, term)
        """,
    )
    op.execute("ALTER TABLE knowledge_terms SET (fillfactor = 70)")
    _vectors()


def _vectors() -> None:
    tenant_table(
        op,
        "knowledge_vectors",
        """
        base_number integer NOT NULL,
        version smallint NOT NULL,
        chunk_number integer NOT NULL,
        embedding halfvec NOT NULL,
        PRIMARY KEY (tenant_id, base_number, version, chunk_number)
        """,
    )
    # beside the row, not in a table of its own that each comparison would have to look into
    op.execute("ALTER TABLE knowledge_vectors ALTER embedding SET STORAGE PLAIN")
    tenant_table(
        op,
        "knowledge_token_vectors",
        """
        base_number integer NOT NULL,
        version smallint NOT NULL,
        chunk_number integer NOT NULL,
        vectors bytea NOT NULL,
        PRIMARY KEY (tenant_id, base_number, version, chunk_number)
        """,
    )
    # read by pieces, and there is nothing to compress
    op.execute("ALTER TABLE knowledge_token_vectors ALTER vectors SET STORAGE EXTERNAL")
