"""What was asked for in OpenAI's Responses, and which part of which turn answers it."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    tenant_table(
        op,
        "responses",
        """
        id uuid PRIMARY KEY,
        conversation_id uuid NOT NULL,
        turn_id uuid NOT NULL,
        segment int NOT NULL,
        asked jsonb NOT NULL,
        created_at timestamptz NOT NULL
        """,
    )
    op.execute("CREATE INDEX responses_turn ON responses (tenant_id, turn_id, segment)")
    op.execute("CREATE INDEX responses_age ON responses (created_at)")
    open_to_system(op, "responses", "SELECT (created_at), DELETE")  # clears away what has had its time
