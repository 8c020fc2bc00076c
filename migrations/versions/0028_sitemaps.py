"""Pages of sitemaps that somebody deleted stay away; a sitemap that names more pages than are fetched says so."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep both with the source."""
    op.execute(
        "ALTER TABLE knowledge_sources ADD COLUMN left_out text[] NOT NULL DEFAULT '{}',"
        " ADD COLUMN has_more boolean NOT NULL DEFAULT false"
    )
