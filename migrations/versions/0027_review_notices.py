"""When people were told by mail that an agent's answers wait for them."""

from alembic import op

from medea.kernel.db.schema import tenant_table

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table: one row for each agent, of the last mail."""
    tenant_table(
        op,
        "review_notices",
        """
        agent_id uuid PRIMARY KEY,
        job_id uuid NOT NULL,
        told_at timestamptz NOT NULL
        """,
    )
