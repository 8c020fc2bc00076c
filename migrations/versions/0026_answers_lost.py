"""A request whose answer was lost is not carried out again."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note with each key which run answers it, and whether that has done something."""
    op.execute("ALTER TABLE idempotency_keys ADD COLUMN run uuid, ADD COLUMN is_done boolean NOT NULL DEFAULT false")
