"""An index of how alerts ended, and when: for the time from a nudge to the answer."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the state to this version."""
    op.create_index(
        "alert_ended",
        "alerts",
        ["reason", "effective_at"],
        sqlite_where=sa.text("effective_at IS NOT NULL"),
        postgresql_where=sa.text("effective_at IS NOT NULL"),
    )
