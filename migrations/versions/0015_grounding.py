"""What turns were grounded in, and questions nobody could answer."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE agents ADD COLUMN retrieval jsonb NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE agents ADD COLUMN tools jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE messages ADD COLUMN grounding jsonb")
