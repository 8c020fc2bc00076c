"""Kernel tables: jobs and idempotency keys."""

from alembic import op

from medea.kernel.db.schema import tenant_table

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
