"""What companies sign their users' identity tokens with, encrypted."""

from alembic import op

from medea.kernel.db.schema import tenant_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    tenant_table(
        op,
        "identity_secrets",
        """
        secret_ciphertext bytea NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id),
        FOREIGN KEY (tenant_id) REFERENCES tenants
        """,
        app="SELECT, INSERT, UPDATE (secret_ciphertext, created_at)",
    )
