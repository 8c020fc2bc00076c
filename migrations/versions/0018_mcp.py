"""MCP servers that tenants connected, the tools these offer, and what their owners agreed to."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _servers()
    _tools()
    _grants()


def _servers() -> None:
    tenant_table(
        op,
        "mcp_servers",
        """
        id uuid NOT NULL,
        name text NOT NULL,
        url text NOT NULL,
        program text NOT NULL,
        transport text CHECK (transport IN ('streamable_http', 'sse', 'stdio')),
        auth text NOT NULL CHECK (auth IN ('none', 'headers', 'oauth')),
        headers jsonb NOT NULL,
        oauth_client_id text,
        oauth_client_secret text,
        timeout_seconds double precision NOT NULL,
        is_enabled boolean NOT NULL,
        revision int NOT NULL,
        state text NOT NULL CHECK (state IN ('new', 'ready', 'failing', 'unauthorized')),
        error text,
        error_at timestamptz,
        failures int NOT NULL,
        about jsonb NOT NULL,
        listed_at timestamptz,
        due_at timestamptz,
        renew_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, name)
        """,
    )
    op.execute("CREATE INDEX mcp_servers_due ON mcp_servers (due_at) WHERE due_at IS NOT NULL")
    op.execute("CREATE INDEX mcp_servers_renew ON mcp_servers (renew_at) WHERE renew_at IS NOT NULL")
    open_to_system(op, "mcp_servers", "SELECT, UPDATE")  # finds what is due; there is no secret in this table


def _tools() -> None:
    tenant_table(
        op,
        "mcp_tools",
        """
        id uuid NOT NULL,
        server_id uuid NOT NULL,
        remote_name text NOT NULL,
        title text NOT NULL,
        description text NOT NULL,
        input_schema jsonb NOT NULL,
        hints jsonb NOT NULL,
        name text NOT NULL,
        name_reason text,
        own_description text,
        is_enabled boolean NOT NULL,
        is_safe_to_repeat boolean NOT NULL,
        is_public boolean NOT NULL,
        problem text,
        is_listed boolean NOT NULL,
        is_new boolean NOT NULL,
        changed_at timestamptz,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, server_id, remote_name),
        FOREIGN KEY (tenant_id, server_id) REFERENCES mcp_servers (tenant_id, id) ON DELETE CASCADE
        """,
    )
    # What a model writes in another case is the same tool.
    op.execute("CREATE UNIQUE INDEX mcp_tools_name ON mcp_tools (tenant_id, lower(name))")


def _grants() -> None:
    tenant_table(
        op,
        "mcp_grants",
        """
        server_id uuid NOT NULL,
        ciphertext bytea NOT NULL,
        claimed_until timestamptz,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, server_id),
        FOREIGN KEY (tenant_id, server_id) REFERENCES mcp_servers (tenant_id, id) ON DELETE CASCADE
        """,
    )
    tenant_table(
        op,
        "mcp_pending",
        """
        state_hash bytea NOT NULL,
        server_id uuid NOT NULL,
        session_id uuid NOT NULL,
        ciphertext bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, state_hash),
        FOREIGN KEY (tenant_id, server_id) REFERENCES mcp_servers (tenant_id, id) ON DELETE CASCADE
        """,
    )
    open_to_system(op, "mcp_pending", "SELECT (expires_at), DELETE")  # clears away what nobody came back for
