"""What an agent's guardrails are, what they did, and the values that a turn needs although nobody may read them."""

from alembic import op

from medea.kernel.db.schema import tenant_table

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE agents ADD COLUMN guardrails jsonb NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE messages ADD COLUMN guardrails jsonb")
    tenant_table(
        op,
        "turn_values",
        """
        turn_id uuid NOT NULL,
        version int NOT NULL,
        conversation_id uuid NOT NULL,
        ciphertext bytea NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (turn_id, version)
        """,
    )
