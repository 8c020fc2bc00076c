"""An index for what visitors gave one agent, and how far an agent may go with tools."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE agents ADD COLUMN tool_limits jsonb NOT NULL DEFAULT '{}'")
    op.execute("CREATE INDEX leads_of_agent ON leads (tenant_id, agent_id, created_at DESC, id DESC)")
