"""Answers that somebody of the company is to look at before readers do."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep them with their message; index those that wait."""
    op.execute("ALTER TABLE messages ADD COLUMN held jsonb")
    op.execute("CREATE INDEX messages_held ON messages (tenant_id, created_at, id) WHERE held IS NOT NULL")
