"""Conversations: the event log and its read models."""

from alembic import op

from medea.kernel.db.schema import tenant_table
from medea.kernel.eventstore.store import event_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    event_table(op, "conversation_events", "conversation_id")
    tenant_table(
        op,
        "conversations",
        """
        id uuid PRIMARY KEY,
        agent_id uuid NOT NULL,
        channel text NOT NULL,
        started_by text NOT NULL,
        visitor_id uuid,
        external_id text,
        is_draft boolean NOT NULL,
        title text,
        status text NOT NULL,
        active_turn_id uuid,
        message_count int NOT NULL,
        last_message_preview text,
        digest bytea,
        version int NOT NULL,
        state jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
        """,
    )
    op.execute("CREATE INDEX conversations_newest ON conversations (tenant_id, updated_at DESC, id DESC)")
    op.execute(
        "CREATE INDEX conversations_visitor ON conversations (tenant_id, visitor_id, updated_at DESC)"
        " WHERE visitor_id IS NOT NULL"
    )
    op.execute(
        "CREATE UNIQUE INDEX conversations_external ON conversations (tenant_id, agent_id, started_by, external_id)"
        " WHERE external_id IS NOT NULL"
    )
    op.execute("CREATE INDEX conversations_digest ON conversations (tenant_id, digest) WHERE digest IS NOT NULL")
    _messages()
    _turns()


def _messages() -> None:
    tenant_table(
        op,
        "messages",
        """
        id uuid PRIMARY KEY,
        conversation_id uuid NOT NULL,
        turn_id uuid,
        ordinal bigint NOT NULL,
        role text NOT NULL,
        text text NOT NULL,
        status text NOT NULL,
        is_superseded boolean NOT NULL DEFAULT false,
        error jsonb,
        model text,
        usage jsonb,
        cost_usd double precision,
        feedback text,
        feedback_comment text,
        created_at timestamptz NOT NULL
        """,
    )
    op.execute("CREATE INDEX messages_order ON messages (conversation_id, ordinal)")
    op.execute("CREATE INDEX messages_tenant ON messages (tenant_id)")


def _turns() -> None:
    tenant_table(
        op,
        "turns",
        """
        id uuid PRIMARY KEY,
        conversation_id uuid NOT NULL,
        message_id uuid NOT NULL,
        reply_id uuid NOT NULL,
        status text NOT NULL,
        attempt int NOT NULL,
        agent_version int,
        error jsonb,
        model text,
        usage jsonb,
        cost_usd double precision,
        first_token_ms int,
        total_ms int,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz
        """,
    )
    op.execute("CREATE INDEX turns_conversation ON turns (conversation_id)")
    op.execute("CREATE INDEX turns_tenant ON turns (tenant_id)")
