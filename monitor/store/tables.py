"""The tables of Svar's own state, the same in SQLite and PostgreSQL."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from monitor.store.instants import Instant

metadata = MetaData()

Id = BigInteger().with_variant(Integer(), "sqlite")

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("rule", String(63), nullable=False),
    Column("application_id", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("step", Integer, nullable=False),
    Column("rung", Text),
    Column("rung_hours", Float),
    Column("owner", Text),
    Column("recruiter", Text),
    Column("manager", Text),
    Column("decided_by", Text),
    Column("candidate", Text, nullable=False),
    Column("job_ref", Text),
    Column("job_title", Text),
    Column("department", Text),
    Column("url", Text),
    Column("closing_polls", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("effective_at", Instant),
    Column("reason", String(32)),
    Column("overlay", String(16)),
    Column("overlay_until", Instant),
    Column("snoozes", Integer, nullable=False, server_default="0"),
    UniqueConstraint(
        "source", "rule", "application_id", "started_at", name="alert_key"
    ),
)
Index(
    "alert_open",
    alerts.c.source,
    alerts.c.rule,
    alerts.c.application_id,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)
Index(
    "alert_ended",
    alerts.c.reason,
    alerts.c.effective_at,
    sqlite_where=text("effective_at IS NOT NULL"),
    postgresql_where=text("effective_at IS NOT NULL"),
)

transitions = Table(
    "transitions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert_id", Id, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("before", String(16)),
    Column("after", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("observed_at", Instant, nullable=False),
    Column("actor", Text),
    Column("note", Text, nullable=False, server_default=""),
    Index("transition_alert", "alert_id"),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("recipient", Text, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("status", String(16), nullable=False),
    Column("due_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("rendered_at", Instant, nullable=False),
    Column("first_attempt_at", Instant),
    Column("claimed_at", Instant),
    Column("sent_at", Instant),
    Column("name", Text, nullable=False, server_default=""),
    Column("channel", Text),
    Column("ts", Text),
    Column("digest", Text),
    Column("is_plain", Boolean, nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("edit_due_at", Instant),
    Column("error", Text),
    Column("kind", String(16), nullable=False, server_default="digest"),
    Column("subject", Text),
    Column("thread_ts", Text),
    Column("language", String(2), nullable=False, server_default="en"),
    Column("zone", Text),
    Column("sweep_at", Instant),
    Column("erased", Integer, nullable=False, server_default="0"),
)
Index(
    "post_a_day",
    posts.c.sent_on,
    posts.c.recipient,
    unique=True,
    sqlite_where=text("kind = 'digest'"),
    postgresql_where=text("kind = 'digest'"),
)
Index("post_status", posts.c.status)
Index("post_day", posts.c.sent_on)
Index(
    "post_sweep",
    posts.c.sweep_at,
    sqlite_where=text("sweep_at IS NOT NULL"),
    postgresql_where=text("sweep_at IS NOT NULL"),
)
Index(
    "post_due",
    posts.c.status,
    posts.c.due_at,
    sqlite_where=text("due_at IS NOT NULL"),
    postgresql_where=text("due_at IS NOT NULL"),
)
Index(
    "post_edit_due",
    posts.c.edit_due_at,
    sqlite_where=text("edit_due_at IS NOT NULL"),
    postgresql_where=text("edit_due_at IS NOT NULL"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert_id", Id, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("firing", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text),
    Column("post_id", Id, ForeignKey("posts.id", ondelete="SET NULL")),
    Column("created_at", Instant, nullable=False),
    Column("announced_by", Text),
    Column("is_now", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("alert_id", "firing", "recipient", name="notice_once"),
    Index("notice_post", "post_id"),
)
Index(
    "notice_due",
    notices.c.due_at,
    notices.c.recipient,
    sqlite_where=text("status = 'queued'"),
    postgresql_where=text("status = 'queued'"),
)

people = Table(
    "people",
    metadata,
    Column("email", Text, primary_key=True),
    Column("slack_id", Text),
    Column("channel", Text),
    Column("name", Text),
    Column("checked_at", Instant, nullable=False),
    Column("error", Text),
    Column("zone", Text),
    Column("locale", String(16)),
    Column("is_away", Boolean, nullable=False, server_default=false()),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("applications", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("error", Text),
    Index("run_source", "source", "id"),
    Index("run_outcome", "source", "outcome", "id"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(64)),
    Column("rule", String(63)),
    Column("department", Text),
    Column("job", Text),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_by", Text),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("rule", String(63), primary_key=True),
    Column("actor", Text, nullable=False),
    Column("confirmed_at", Instant, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(64)),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

replicas = Table(
    "replicas",
    metadata,
    Column("holder", String(64), primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("configuration", String(32), nullable=False),
)

configurations = Table(
    "configurations",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("epoch", BigInteger, nullable=False, unique=True),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

rule_edits = Table(
    "rule_edits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("rule", String(63), nullable=False),
    Column("edit", String(16), nullable=False),
    Column("words", Text, nullable=False),
)
