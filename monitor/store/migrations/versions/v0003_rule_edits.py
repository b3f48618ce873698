"""What was edited in the rules, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the state to this version."""
    op.create_table(
        "rule_edits",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(length=63), nullable=False),
        sa.Column("edit", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
