"""Outgoing webhooks, which hosts a secret may be sent to, and where the outbound door led."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _webhooks()
    _deliveries()
    # null: made before hosts were asked for, any host; empty: the first request binds it
    op.execute("ALTER TABLE secrets ADD COLUMN hosts text[]")
    _egress()


def _webhooks() -> None:
    tenant_table(
        op,
        "webhooks",
        """
        id uuid NOT NULL,
        url text NOT NULL,
        description text NOT NULL,
        events text[] NOT NULL,
        is_enabled boolean NOT NULL DEFAULT true,
        disabled_reason text CHECK (disabled_reason IN ('owner', 'gone', 'failing')),
        disabled_at timestamptz,
        secret_ciphertext bytea NOT NULL,
        old_secret_ciphertext bytea,
        old_secret_until timestamptz,
        failing_since timestamptz,
        last_success_at timestamptz,
        last_failure_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
        """,
    )
    tenant_table(
        op,
        "webhook_events",
        """
        id uuid NOT NULL,
        type text NOT NULL,
        at timestamptz NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
        """,
        app="SELECT, INSERT",
    )
    op.execute("CREATE INDEX webhook_events_old ON webhook_events (created_at)")
    open_to_system(op, "webhook_events", "SELECT, DELETE")


def _deliveries() -> None:
    tenant_table(
        op,
        "webhook_deliveries",
        """
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        event_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts int NOT NULL DEFAULT 0,
        next_at timestamptz,
        give_up_at timestamptz NOT NULL,
        last_status int,
        last_error text,
        finished_at timestamptz,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, event_id) REFERENCES webhook_events (tenant_id, id) ON DELETE CASCADE
        """,
    )
    op.execute("CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (tenant_id, webhook_id, id DESC)")
    op.execute("CREATE INDEX webhook_deliveries_event ON webhook_deliveries (tenant_id, event_id)")
    tenant_table(
        op,
        "webhook_attempts",
        """
        delivery_id uuid NOT NULL,
        number int NOT NULL,
        at timestamptz NOT NULL,
        status int,
        error text,
        headers jsonb NOT NULL,
        body text NOT NULL,
        duration_ms int NOT NULL,
        PRIMARY KEY (tenant_id, delivery_id, number),
        FOREIGN KEY (tenant_id, delivery_id) REFERENCES webhook_deliveries (tenant_id, id) ON DELETE CASCADE
        """,
        app="SELECT, INSERT",
    )


def _egress() -> None:
    tenant_table(
        op,
        "egress_calls",
        """
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        purpose text NOT NULL,
        method text NOT NULL,
        host text NOT NULL,
        port int,
        status int,
        refusal text,
        received_bytes bigint,
        duration_ms int NOT NULL
        """,
        app="SELECT",
    )
    op.execute("CREATE INDEX egress_calls_newest ON egress_calls (tenant_id, id DESC)")
    op.execute("CREATE INDEX egress_calls_old ON egress_calls (at)")
    open_to_system(op, "egress_calls", "SELECT, INSERT, DELETE")
