"""What a vector store beside PostgreSQL has of each base, and what it has yet to be told."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both. Neither refers to bases or chunks: their rows are to outlive them, until the store knows."""
    tenant_table(
        op,
        "knowledge_copies",
        """
        base_number integer NOT NULL,
        store text NOT NULL,
        version smallint NOT NULL DEFAULT -1,
        chunk_number integer NOT NULL DEFAULT -1,
        is_complete boolean NOT NULL DEFAULT false,
        PRIMARY KEY (tenant_id, base_number)
        """,
    )
    tenant_table(
        op,
        "knowledge_copy_changes",
        """
        id bigint GENERATED ALWAYS AS IDENTITY,
        base_number integer NOT NULL,
        version smallint NOT NULL,
        chunk_number integer NOT NULL,
        dimensions integer NOT NULL,
        PRIMARY KEY (tenant_id, base_number, id)
        """,
    )
    # six kilobytes that a search reads for fifty chunks: in the row, not in four pieces of another table
    op.execute("ALTER TABLE knowledge_token_vectors SET (toast_tuple_target = 8160)")
    open_to_system(op, "knowledge_copies")
    open_to_system(op, "knowledge_copy_changes")
    open_to_system(op, "knowledge_indexes")
