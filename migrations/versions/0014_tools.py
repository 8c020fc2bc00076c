"""Tools of tenants and their secrets, and what replies did with them."""

from alembic import op

from medea.kernel.db.schema import tenant_table

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE messages ADD COLUMN activity jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE conversations ADD COLUMN is_handed_over boolean NOT NULL DEFAULT false")
    _tools()
    _what_visitors_gave()


def _tools() -> None:
    tenant_table(
        op,
        "tools",
        """
        id uuid PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL,
        parameters jsonb NOT NULL,
        request jsonb NOT NULL,
        response jsonb NOT NULL,
        timeout_seconds double precision NOT NULL,
        is_safe_to_repeat boolean NOT NULL,
        is_public boolean NOT NULL,
        signing_ciphertext bytea NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (tenant_id, name)
        """,
    )
    tenant_table(
        op,
        "secrets",
        """
        id uuid PRIMARY KEY,
        name text NOT NULL,
        ciphertext bytea NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (tenant_id, name)
        """,
    )
    tenant_table(
        op,
        "tool_settings",
        """
        fetch_hosts text[] NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id)
        """,
        app="SELECT, INSERT, UPDATE",
    )


def _what_visitors_gave() -> None:
    tenant_table(
        op,
        "leads",
        """
        id uuid PRIMARY KEY,
        agent_id uuid NOT NULL,
        conversation_id uuid NOT NULL,
        turn_id uuid NOT NULL,
        title text NOT NULL,
        answers jsonb NOT NULL,
        created_at timestamptz NOT NULL
        """,
        app="SELECT, INSERT, DELETE",
    )
    op.execute("CREATE INDEX leads_newest ON leads (tenant_id, created_at DESC, id DESC)")
