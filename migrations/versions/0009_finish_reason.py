"""Why a reply ended is kept with its turn, for streams that are made from the stored reply."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; rows of before say nothing, which reads as the ordinary end."""
    op.execute("ALTER TABLE turns ADD COLUMN finish_reason text")
