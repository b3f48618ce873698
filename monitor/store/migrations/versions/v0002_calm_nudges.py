"""Put-off alerts, posts of several kinds, silences, leases, and what Slack knows of people."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the state to this version."""
    with op.batch_alter_table("alerts") as table:
        table.add_column(sa.Column("overlay", sa.String(length=16)))
        table.add_column(sa.Column("overlay_until", INSTANT))
        table.add_column(_count("snoozes"))
    with op.batch_alter_table("notices") as table:
        table.add_column(_flag("is_now"))
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("zone", sa.Text()))
        table.add_column(sa.Column("locale", sa.String(length=16)))
        table.add_column(_flag("is_away"))
    _posts()
    _hands_on()
    _replicas()


def _posts() -> None:
    with op.batch_alter_table("posts") as table:
        # Digests alone are one a day now; a step told at once is a post of its own.
        table.drop_constraint("post_a_day", type_="unique")
        table.add_column(
            sa.Column(
                "kind", sa.String(length=16), nullable=False, server_default="digest"
            )
        )
        table.add_column(sa.Column("subject", sa.Text()))
        table.add_column(sa.Column("thread_ts", sa.Text()))
        table.add_column(
            sa.Column(
                "language", sa.String(length=2), nullable=False, server_default="en"
            )
        )
        table.add_column(sa.Column("zone", sa.Text()))
        table.add_column(sa.Column("sweep_at", INSTANT))
        table.add_column(_count("erased"))
    op.create_index(
        "post_a_day",
        "posts",
        ["sent_on", "recipient"],
        unique=True,
        sqlite_where=sa.text("kind = 'digest'"),
        postgresql_where=sa.text("kind = 'digest'"),
    )
    op.create_index("post_status", "posts", ["status"])
    op.create_index(
        "post_sweep",
        "posts",
        ["sweep_at"],
        sqlite_where=sa.text("sweep_at IS NOT NULL"),
        postgresql_where=sa.text("sweep_at IS NOT NULL"),
    )


def _hands_on() -> None:
    op.create_table(
        "silences",
        sa.Column("id", ID, primary_key=True),
        sa.Column("source", sa.String(length=64)),
        sa.Column("rule", sa.String(length=63)),
        sa.Column("department", sa.Text()),
        sa.Column("job", sa.Text()),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_by", sa.Text()),
    )
    op.create_table(
        "confirmations",
        sa.Column("source", sa.String(length=64), primary_key=True),
        sa.Column("rule", sa.String(length=63), primary_key=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=False),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=32), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )


def _replicas() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=80), primary_key=True),
        sa.Column("holder", sa.String(length=64)),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
    )
    op.create_table(
        "replicas",
        sa.Column("holder", sa.String(length=64), primary_key=True),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("configuration", sa.String(length=32), nullable=False),
    )
    op.create_table(
        "configurations",
        sa.Column("digest", sa.String(length=32), primary_key=True),
        sa.Column("epoch", sa.BigInteger(), nullable=False, unique=True),
    )


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
