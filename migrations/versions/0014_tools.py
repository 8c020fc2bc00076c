"""Tools of tenants and their secrets, and what replies did with them."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE messages ADD COLUMN activity jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE conversations ADD COLUMN is_handed_over boolean NOT NULL DEFAULT false")
