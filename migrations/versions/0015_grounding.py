"""What turns were grounded in, and questions nobody could answer."""

from alembic import op

from medea.kernel.db.schema import tenant_table

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE agents ADD COLUMN retrieval jsonb NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE agents ADD COLUMN tools jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE messages ADD COLUMN grounding jsonb")
    tenant_table(
        op,
        "knowledge_questions",
        """
        id uuid NOT NULL,
        agent_id uuid NOT NULL,
        question text NOT NULL,
        terms int[] NOT NULL,
        examples jsonb NOT NULL DEFAULT '[]',
        count int NOT NULL DEFAULT 1,
        conversation_id uuid NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'dismissed')),
        document_id uuid,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
        """,
    )
    op.execute("CREATE INDEX knowledge_questions_open ON knowledge_questions (tenant_id, state, last_at DESC)")
