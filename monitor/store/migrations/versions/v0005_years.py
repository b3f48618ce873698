"""Indexes for a state that runs for years: its last good polls, and posts by their day."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the state to this version."""
    op.create_index("run_outcome", "runs", ["source", "outcome", "id"])
    op.create_index("post_day", "posts", ["sent_on"])
