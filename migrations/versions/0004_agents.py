"""Agents and their versions."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    tenant_table(
        op,
        "agents",
        """
        id uuid NOT NULL,
        slug text NOT NULL CHECK (slug ~ '^[a-z0-9-]{1,63}$'),
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        system_prompt text NOT NULL DEFAULT '',
        examples jsonb NOT NULL DEFAULT '[]',
        model text,
        temperature double precision,
        max_output_tokens int,
        greeting text NOT NULL DEFAULT '',
        suggested_questions jsonb NOT NULL DEFAULT '[]',
        appearance jsonb NOT NULL DEFAULT '{}',
        published_version int,
        published_hash text,
        published_at timestamptz,
        created_at timestamptz NOT NULL,
        created_by uuid,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        CHECK ((published_version IS NULL) = (published_hash IS NULL)),
        CHECK ((published_version IS NULL) = (published_at IS NULL))
        """,
    )
    # a deleted agent gives its slug back
    op.execute("CREATE UNIQUE INDEX agents_slug ON agents (tenant_id, slug) WHERE deleted_at IS NULL")
    op.execute("CREATE INDEX agents_public ON agents (slug) WHERE deleted_at IS NULL AND published_version IS NOT NULL")
    open_to_system(op, "agents")  # hosted pages know only a slug
    tenant_table(
        op,
        "agent_versions",
        """
        id uuid NOT NULL,
        agent_id uuid NOT NULL,
        number int NOT NULL CHECK (number > 0),
        note text NOT NULL DEFAULT '',
        config jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        created_by uuid,
        PRIMARY KEY (tenant_id, agent_id, number),
        UNIQUE (tenant_id, id),
        FOREIGN KEY (tenant_id, agent_id) REFERENCES agents (tenant_id, id) ON DELETE CASCADE
        """,
        app="SELECT, INSERT",
    )
