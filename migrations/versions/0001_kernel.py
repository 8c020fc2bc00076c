"""Kernel tables: jobs, inbox and idempotency keys."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    tenant_table(
        op,
        "idempotency_keys",
        """
        principal text NOT NULL,
        key text NOT NULL,
        request_hash bytea NOT NULL,
        status int,
        headers jsonb,
        body bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, principal, key)
        """,
    )
    _jobs()
    tenant_table(
        op,
        "inbox",
        """
        consumer text NOT NULL,
        key text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, consumer, key)
        """,
        app="SELECT, INSERT",
    )
    open_to_system(op, "inbox", "SELECT, DELETE")


def _jobs() -> None:
    """Create the table that is outbox and queue in one.

    No index names `lease_until`: extending leases then changes no index (heap-only tuples), for which the
    fill factor leaves room.
    """
    tenant_table(
        op,
        "jobs",
        """
        id uuid PRIMARY KEY,
        task text NOT NULL,
        queue text NOT NULL,
        payload jsonb NOT NULL,
        state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'dead')),
        priority int NOT NULL DEFAULT 0,
        attempts int NOT NULL DEFAULT 0,
        max_attempts int NOT NULL,
        run_at timestamptz NOT NULL DEFAULT now(),
        lease_owner text,
        lease_until timestamptz,
        last_error text,
        dedupe_key text,
        trace text,
        created_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((state = 'running') = (lease_owner IS NOT NULL AND lease_until IS NOT NULL))
        """,
    )
    open_to_system(op, "jobs", "SELECT, INSERT, UPDATE, DELETE")
    op.execute("ALTER TABLE jobs SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)")
    op.execute("CREATE INDEX jobs_claim ON jobs (queue, priority DESC, run_at, id) WHERE state = 'queued'")
    op.execute("CREATE INDEX jobs_running ON jobs (lease_owner) WHERE state = 'running'")
    op.execute("CREATE INDEX jobs_dead ON jobs (tenant_id, created_at) WHERE state = 'dead'")
    op.execute(
        "CREATE UNIQUE INDEX jobs_dedupe ON jobs (tenant_id, task, dedupe_key)"
        " WHERE state = 'queued' AND dedupe_key IS NOT NULL"
    )
