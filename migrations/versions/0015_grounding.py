"""What turns were grounded in, and questions nobody could answer."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
