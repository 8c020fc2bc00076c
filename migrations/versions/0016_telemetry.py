"""How many turns have not ended is counted for all tenants, without reading those that have."""

from alembic import op

from medea.kernel.db.schema import open_to_system

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let `medea_system` see how turns stand, and no more of them."""
    op.execute("CREATE INDEX turns_unfinished ON turns (created_at) WHERE finished_at IS NULL")
    open_to_system(op, "turns", "SELECT (status, created_at, finished_at)")
