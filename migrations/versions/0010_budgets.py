"""Budgets of money and tokens, and how many turns of a tenant are open."""

from alembic import op

from medea.kernel.db.schema import open_to_system, tenant_table

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    tenant_table(
        op,
        "budgets",
        """
        id uuid NOT NULL,
        name text NOT NULL,
        scope text NOT NULL CHECK (scope IN ('tenant', 'agent', 'end_user')),
        agent_id uuid,
        period text NOT NULL CHECK (period IN ('day', 'month')),
        limit_usd numeric(20, 9) CHECK (limit_usd > 0),
        limit_tokens bigint CHECK (limit_tokens > 0),
        unpriced text NOT NULL CHECK (unpriced IN ('refuse', 'pass')),
        created_at timestamptz NOT NULL,
        created_by uuid,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, agent_id) REFERENCES agents (tenant_id, id) ON DELETE CASCADE,
        CHECK (limit_usd IS NOT NULL OR limit_tokens IS NOT NULL),
        CHECK (CASE scope WHEN 'tenant' THEN agent_id IS NULL WHEN 'agent' THEN agent_id IS NOT NULL ELSE true END)
        """,
    )
    # what was spent and is set aside, one row per budget, period and (of budgets per end user) end user
    tenant_table(
        op,
        "budget_counters",
        """
        budget_id uuid NOT NULL,
        starts_at date NOT NULL,
        subject text NOT NULL DEFAULT '',
        spent_usd numeric(20, 9) NOT NULL DEFAULT 0 CHECK (spent_usd >= 0),
        spent_tokens bigint NOT NULL DEFAULT 0 CHECK (spent_tokens >= 0),
        reserved_usd numeric(20, 9) NOT NULL DEFAULT 0 CHECK (reserved_usd >= 0),
        reserved_tokens bigint NOT NULL DEFAULT 0 CHECK (reserved_tokens >= 0),
        PRIMARY KEY (tenant_id, budget_id, starts_at, subject),
        FOREIGN KEY (tenant_id, budget_id) REFERENCES budgets (tenant_id, id) ON DELETE CASCADE
        """,
    )
    # every turn changes its counter; with room on the page that touches no index
    op.execute("ALTER TABLE budget_counters SET (fillfactor = 50)")
    tenant_table(
        op,
        "budget_reservations",
        """
        id uuid NOT NULL,
        budget_id uuid NOT NULL,
        turn_id uuid NOT NULL,
        starts_at date NOT NULL,
        subject text NOT NULL,
        usd numeric(20, 9) NOT NULL CHECK (usd >= 0),
        tokens bigint NOT NULL CHECK (tokens >= 0),
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id, budget_id),
        FOREIGN KEY (tenant_id, budget_id) REFERENCES budgets (tenant_id, id) ON DELETE CASCADE
        """,
    )
    op.execute("CREATE INDEX budget_reservations_turn ON budget_reservations (tenant_id, turn_id)")
    op.execute("CREATE INDEX budget_reservations_expired ON budget_reservations (tenant_id, expires_at)")
    # which warnings went out: one per budget, period and level
    tenant_table(
        op,
        "budget_notices",
        """
        budget_id uuid NOT NULL,
        starts_at date NOT NULL,
        level smallint NOT NULL CHECK (level IN (80, 100)),
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, budget_id, starts_at, level),
        FOREIGN KEY (tenant_id, budget_id) REFERENCES budgets (tenant_id, id) ON DELETE CASCADE
        """,
    )
    open_to_system(op, "budget_counters", "SELECT, UPDATE, DELETE")  # clears away for all tenants
    open_to_system(op, "budget_reservations", "SELECT, DELETE")
    open_to_system(op, "budget_notices", "SELECT, DELETE")
    # Derived by the database itself, so that it cannot drift, whoever dies when. It changes where `updated_at`
    # does, so the partial index costs no update that was without index work before. A turn that waits for its
    # visitor takes no room: nobody works on it, and who walks away must not lock the company out.
    op.execute(
        "ALTER TABLE conversations ADD COLUMN open_turns int NOT NULL GENERATED ALWAYS AS ("
        "CASE WHEN active_turn_id IS NULL OR coalesce((state -> 'active' ->> 'is_paused')::boolean, false) THEN 0"
        " ELSE 1 + coalesce(jsonb_array_length(state -> 'waiting'), 0) END) STORED"
    )
    op.execute("CREATE INDEX conversations_open ON conversations (tenant_id) INCLUDE (open_turns) WHERE open_turns > 0")
