"""Jobs that expire and are shared fairly; who operates the installation."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
