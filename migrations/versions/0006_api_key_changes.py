"""Keys may be renamed, and publishable ones allowed on other websites; what they may do stays as it was made."""

from alembic import op

from medea.kernel.db.database import APP_ROLE

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grant it."""
    op.execute(f"GRANT UPDATE (name, allowed_origins) ON api_keys TO {APP_ROLE}")
