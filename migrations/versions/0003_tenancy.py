"""Companies: tenants, who belongs to them, invitations, API keys, model providers.

A row of `tenants` is its own tenant: its key is `tenant_id`, so the same policy shows a request its own
company and no other. Tenants and memberships come into being across tenants (sign-up, an accepted
invitation), hence under medea_system; everything else about them happens inside the tenant.
"""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROLES = "('owner', 'admin', 'editor', 'viewer')"


def upgrade() -> None:
    """Create them."""
    tenant_table(
        op,
        "tenants",
        """
        name text NOT NULL,
        slug text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id)
        """,
        app="SELECT, UPDATE (name, updated_at)",
    )
    open_to_system(op, "tenants", "SELECT, INSERT")
    tenant_table(
        op,
        "memberships",
        f"""
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users,
        role text NOT NULL CHECK (role IN {_ROLES}),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (tenant_id, user_id),
        FOREIGN KEY (tenant_id) REFERENCES tenants
        """,
        app="SELECT, DELETE, UPDATE (role, updated_at)",
    )
    open_to_system(op, "memberships", "SELECT, INSERT")
    op.execute("CREATE INDEX memberships_user ON memberships (user_id)")
    tenant_table(
        op,
        "invitations",
        f"""
        id uuid PRIMARY KEY,
        email text NOT NULL,
        email_key text NOT NULL,
        role text NOT NULL CHECK (role IN {_ROLES}),
        invited_by uuid,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        UNIQUE (tenant_id, email_key),
        FOREIGN KEY (tenant_id) REFERENCES tenants
        """,
        app="SELECT, INSERT, DELETE",
    )
    open_to_system(op, "invitations", "SELECT, DELETE")
    tenant_table(
        op,
        "api_keys",
        """
        id uuid PRIMARY KEY,
        name text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('secret', 'publishable')),
        scopes jsonb NOT NULL,
        allowed_origins jsonb NOT NULL,
        prefix text NOT NULL,
        token_hash bytea NOT NULL UNIQUE,
        publishable_key text,
        created_by uuid,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        CHECK ((kind = 'publishable') = (publishable_key IS NOT NULL)),
        FOREIGN KEY (tenant_id) REFERENCES tenants
        """,
        app="SELECT, INSERT, DELETE",
    )
    open_to_system(op, "api_keys", "SELECT, UPDATE (last_used_at)")
    op.execute("CREATE INDEX api_keys_tenant ON api_keys (tenant_id, id)")
    tenant_table(
        op,
        "model_providers",
        """
        id uuid PRIMARY KEY,
        name text NOT NULL,
        base_url text NOT NULL,
        default_model text NOT NULL,
        key_ciphertext bytea NOT NULL,
        key_hint text NOT NULL,
        is_default bool NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        FOREIGN KEY (tenant_id) REFERENCES tenants
        """,
    )
    op.execute("CREATE INDEX model_providers_tenant ON model_providers (tenant_id, id)")
    op.execute("CREATE UNIQUE INDEX model_providers_default ON model_providers (tenant_id) WHERE is_default")
