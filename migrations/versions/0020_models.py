"""Dialects of model providers, what is known of models and who switched them off, chains of models of agents."""

from alembic import op

from medea.kernel.db.schema import platform_table, tenant_table

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ENTRY = """
    model text NOT NULL,
    name text,
    context_window integer,
    input_price double precision,
    output_price double precision,
    cached_input_price double precision,
    has_tools boolean,
    has_vision boolean,
    is_enabled boolean NOT NULL,
    updated_at timestamptz NOT NULL
"""


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE model_providers ADD COLUMN kind text NOT NULL DEFAULT 'openai'")
    op.execute("ALTER TABLE agents ADD COLUMN fallbacks jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE messages ADD COLUMN fallbacks jsonb")
    tenant_table(op, "model_entries", f"{_ENTRY}, PRIMARY KEY (tenant_id, model)")
    platform_table(op, "platform_model_entries", f"{_ENTRY}, PRIMARY KEY (model)")
