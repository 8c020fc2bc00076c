"""Jobs that expire and are shared fairly, recurring work, and who operates the installation."""

from alembic import op

from medea.kernel.db.schema import platform_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE jobs ADD COLUMN expires_at timestamptz")
    # tenants take turns: a claim skips from tenant to tenant instead of reading what one of them piled up
    op.execute("DROP INDEX jobs_claim")
    op.execute("CREATE INDEX jobs_claim ON jobs (queue, priority, tenant_id, run_at, id) WHERE state = 'queued'")
    op.execute("DROP INDEX jobs_running")
    op.execute("CREATE INDEX jobs_running ON jobs (queue, tenant_id) WHERE state = 'running'")
    op.execute("CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE state = 'queued' AND expires_at IS NOT NULL")
    platform_table(
        op,
        "schedules",
        """
        name text PRIMARY KEY,
        next_at timestamptz NOT NULL,
        last_at timestamptz,
        job_id uuid
        """,
    )
    op.execute("ALTER TABLE users ADD COLUMN is_operator boolean NOT NULL DEFAULT false")
