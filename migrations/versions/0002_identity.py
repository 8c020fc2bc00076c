"""People: users, their dashboard sessions, pending password resets. Platform tables, for medea_system only."""

from alembic import op

from medea.kernel.db.schema import platform_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    platform_table(
        op,
        "users",
        """
        id uuid PRIMARY KEY,
        email text NOT NULL,
        email_key text NOT NULL UNIQUE,
        name text NOT NULL,
        password_hash text NOT NULL,
        last_tenant_id uuid,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
        """,
        system="SELECT, INSERT, UPDATE",
    )
    platform_table(
        op,
        "user_sessions",
        """
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        token_hash bytea NOT NULL UNIQUE,
        active_tenant_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        user_agent text,
        ip text
        """,
    )
    op.execute("CREATE INDEX user_sessions_user ON user_sessions (user_id)")
    platform_table(
        op,
        "password_resets",
        """
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
        """,
        system="SELECT, INSERT, DELETE",
    )
    op.execute("CREATE INDEX password_resets_user ON password_resets (user_id)")
