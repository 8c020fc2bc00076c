"""What has had its day may be cleared away for all companies at once."""

from alembic import op

from medea.kernel.db.schema import open_to_system

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the system role delete kept answers; their bodies are encrypted."""
    open_to_system(op, "idempotency_keys", "SELECT, DELETE")
    op.execute("CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)")
