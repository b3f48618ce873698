"""The laws that hold after every step, at every post, and in the end."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select

from monitor import evaluate
from monitor.cycle import world as surroundings
from monitor.store.tables import alerts, notices, posts, silences, transitions
from tests.simulation import house
from tests.simulation.denial import denied
from tests.simulation.scene import Scene, demand

CLOSED = {"resolved", "cancelled"}
PENDING = ("claimed", "waiting", "unknown")
MORE = re.compile(r"\band (\d+) more")  # of many on one job only the worst are named
NAMES = re.compile(
    "|".join(
        [r"Q\d{3}", "Nora", r"U\d", "@example", "stranger", *house.MEMBERS.values()]
        + [email.partition("@")[0] for email in house.MEMBERS]
    )
)


_NEW = (
    select(
        transitions.c.id,
        transitions.c.alert_id,
        transitions.c.before,
        transitions.c.after,
    )
    .where(transitions.c.id > bindparam("last"))
    .order_by(transitions.c.id)
)
_ALERTS = select(
    alerts.c.id,
    alerts.c.state,
    alerts.c.source,
    alerts.c.rule,
    alerts.c.application_id,
    alerts.c.started_at,
    alerts.c.closed_at,
)
_WAIVED = select(alerts.c.rule, alerts.c.application_id, alerts.c.started_at).where(
    alerts.c.reason == "waived"
)
_NOTICES = select(notices.c.id, notices.c.status, notices.c.post_id)
_ABOUT = (
    select(alerts, notices.c.firing)
    .join(notices, notices.c.alert_id == alerts.c.id)
    .where(notices.c.post_id == bindparam("post"), notices.c.status != "obsolete")
)
_UNTOLD = select(notices.c.id, notices.c.recipient, notices.c.status).where(
    notices.c.status.in_(("queued", "claimed")), notices.c.due_at <= bindparam("by")
)
_UNHEARD = select(alerts.c.id).where(
    alerts.c.closed_at.is_(None),
    alerts.c.step >= 0,
    alerts.c.opened_at <= bindparam("by"),
    ~exists().where(notices.c.alert_id == alerts.c.id, notices.c.status == "sent"),
)


class Inspector:
    """Looks at the state and at Slack, beside the jobs and by queries of its own."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._paths: dict[int, str] = {}  # each alert's last transition
        self._last_transition = 0
        self._sent: dict[int, int] = {}  # the post of each notice that was sent
        self._days: defaultdict[tuple[str, date], set[str]] = defaultdict(set)

    def opened(self) -> set[int]:
        """Return the ids of the open alerts."""
        with self.scene.store.truth() as connection:
            query = select(alerts.c.id).where(alerts.c.closed_at.is_(None))
            return set(connection.execute(query).scalars())

    def nothing_closed(self, before: set[int]) -> None:
        closed = before - self.opened() if before else before
        demand(not closed, "a failing or empty poll closes nothing", f"{closed}")

    def next_due(self) -> datetime | None:
        """Return when the delivery has something to do again, new notices aside."""
        pending = select(func.min(posts.c.due_at)).where(posts.c.status.in_(PENDING))
        edit = select(func.min(posts.c.edit_due_at)).where(posts.c.status == "sent")
        asked = [pending, edit, select(func.min(posts.c.sweep_at))]
        with self.scene.store.truth() as connection:
            found = [connection.execute(query).scalar() for query in asked]
        return min((at for at in found if at), default=None)

    def step(self) -> None:
        """Check what holds between any two steps."""
        if self.scene.is_rewritten:  # rows are gone, and their numbers used again
            self._paths.clear()
            self._sent.clear()
            self._last_transition, self.scene.is_rewritten = 0, False
        with self.scene.store.truth() as connection:
            self._follow(
                connection.execute(_NEW, {"last": self._last_transition}).all()
            )
            kept = connection.execute(_ALERTS).all()
            told = connection.execute(_NOTICES).all()
        opened = [tuple(row[2:5]) for row in kept if row.closed_at is None]
        twice = {key for key in opened if opened.count(key) > 1}
        demand(not twice, "at most one open alert per key", f"{twice}")
        for row in kept:
            last = self._paths.get(row.id)
            demand(
                row.state == last,
                "every change of an alert is a transition",
                f"alert {row.id} is {row.state}, its last transition says {last}",
            )
            demand(
                (row.state in CLOSED) == (row.closed_at is not None),
                "what is closed has a time of closing",
                f"alert {row.id}",
            )
        self._count(told)

    def _follow(self, rows: Iterable[Any]) -> None:
        for number, alert, before, after in rows:
            known = self._paths.get(alert)
            demand(
                before == known,
                "transitions are a path",
                f"alert {alert}: {known}, then {before} -> {after}",
            )
            self._paths[alert] = after
            self._last_transition = number

    def _count(self, rows: Iterable[Any]) -> None:
        """Check that what was sent stays sent, by the same post."""
        told = list(rows)
        sent = {number: post for number, status, post in told if status == "sent"}
        for number, post in self._sent.items():
            demand(
                sent.get(number) == post,
                "a notice is sent once",
                f"notice {number} went with post {post}, and now with {sent.get(number)}",
            )
        self._sent = {number: post for number, post in sent.items() if post is not None}
        for number, status, post in told:
            demand(
                (status in {"claimed", "sent"}) <= (post is not None),
                "a claimed notice has its post",
                f"notice {number} is {status}",
            )

    def posting(self, channel: str, said: str, key: str) -> None:
        """Check a message at the moment at which it is posted."""
        scene = self.scene
        with scene.store.truth() as connection:
            post = connection.execute(select(posts).where(posts.c.key == key)).first()
            demand(
                post is not None and post.status == "claimed",
                "a claim is committed before the call",
                f"post {key[-4:]} {post and post.status}",
            )
            assert post is not None
            about = connection.execute(_ABOUT, {"post": post.id}).all()
            kept_quiet = connection.execute(select(silences)).all()
        to, is_digest = post.recipient, post.kind == "digest"
        at = scene.now.astimezone(house.zone_of(to))
        opens_at = house.DIGEST_AT if is_digest else house.OPENS_AT
        demand(
            house.may_send(scene.now, to, opens_at),
            "no message outside working hours",
            f"{post.kind} to {to} on {at:%a %d %b %H:%M:%S}",
        )
        if is_digest or (post.kind == "fallback" and "@" in to):
            mine = self._days[to, at.date()]
            mine.add(key)
            demand(
                len(mine) == 1,
                "one digest per person and day",
                f"{to} on {at:%d %b}: {sorted(mine)}",
            )
        if post.kind != "admin":
            closed = [row.id for row in about if row.state in CLOSED]
            demand(not closed, "nothing is sent about a closed alert", f"{closed}")
            demand(about, "a message tells of something", f"post {post.id}")
            quiet = [row.id for row in about if self._is_quiet(row, kept_quiet)]
            demand(not quiet, "nothing is sent about what is put off", f"{quiet}")
            wrong = denied(scene, about)
            demand(not wrong, "nothing is sent that its row denies", f"{wrong}")
        if channel in scene.slack.channels.values():
            named = NAMES.findall(said)
            demand(not named, "no name in a channel", f"{named}")
        else:
            left_out = {r.candidate for r in about if r.candidate not in said}
            counted = sum(map(int, MORE.findall(said)))
            demand(
                len(left_out) <= counted,
                "a message tells of all its notices",
                f"{left_out}, and {counted} more",
            )
        scene.say(f"a {post.kind} to {to} is tried in {channel}, {len(about)} lines")

    def _is_quiet(self, alert: Row[Any], kept_quiet: Sequence[Row[Any]]) -> bool:
        """Tell an alert that is put off, or that a silence fits, by hand."""
        now, jobs = self.scene.now, {alert.job_ref, alert.job_title}
        if alert.overlay_until and alert.overlay_until > now:
            return True
        return any(
            each.starts_at <= now
            and (each.ends_at is None or each.ends_at > now)
            and each.rule in {None, alert.rule}
            and (each.job is None or each.job in jobs)
            and (each.department or alert.department).lower()
            == alert.department.lower()
            for each in kept_quiet
        )

    def end(self, heals_at: datetime) -> None:
        """Check what holds after a quiet time."""
        scene = self.scene
        self.step()
        today = scene.now.astimezone(house.OSLO).date()
        cutoff = house.instant(today - timedelta(days=1), time())
        with scene.store.truth() as connection:
            kept = connection.execute(select(posts)).all()
            kept_alerts = connection.execute(_ALERTS).all()
            waiting = connection.execute(_UNTOLD, {"by": cutoff}).all()
            unheard = connection.execute(_UNHEARD, {"by": heals_at}).scalars().all()
        demand(not waiting, "every due notice comes to an end", f"notices {waiting}")
        demand(not unheard, "somebody was told of each open alert", f"alerts {unheard}")
        pending = [row.id for row in kept if row.status in PENDING]
        demand(not pending, "no post is left in between", f"posts {pending}")
        sent = [row for row in kept if row.status == "sent"]
        unedited = [row.id for row in sent if row.edit_due_at is not None]
        demand(not unedited, "every edit is made", f"posts {unedited}")
        hidden = scene.ats.hidden if scene.ats.delivered_rows() else set()
        gone = [row for row in kept_alerts if row.application_id in hidden]
        demand(not gone, "who is gone from the source is forgotten", f"{gone}")
        for name in scene.forgotten | hidden:
            told = {each.key for each in scene.slack.standing() if name in each.text}
            told -= scene.slack.unlooked | scene.slack.unrecorded
            demand(not told, "nothing is said of who was erased", f"{name}: {told}")
        standing: defaultdict[str, list[str]] = defaultdict(list)
        for message in scene.slack.standing():
            standing[message.key].append(message.ts)
        for key, found in standing.items():
            demand(
                len(found) == 1 or key in scene.slack.unlooked,
                "one message for each post",
                f"post {key[-4:]} stands {len(found)} times",
            )
        recorded = {row.key: row for row in sent}
        for key in standing:
            demand(
                key in recorded
                or key in scene.slack.unrecorded
                or key in scene.slack.unlooked,
                "a message that stands was recorded",
                f"post {key[-4:]}",
            )
        ever = {(each.key, each.ts) for each in scene.slack.messages}
        for key, row in recorded.items():
            demand(
                (key, row.ts) in ever,
                "what was recorded as sent stands in Slack",
                f"post {row.id} to {row.recipient}",
            )
        self._compare()

    def _compare(self) -> None:
        """Hold the open alerts against what the rules find now, with no memory."""
        scene = self.scene
        if not (rows := scene.ats.delivered_rows()):
            return  # an empty source is not believed
        checks = evaluate.prepare(
            scene.configuration.rulebook,
            surroundings(scene.configuration, scene.ats),
            now=scene.polled_at,
        )
        late = [found for each in checks for _, found in evaluate.find(each, rows)]
        with scene.store.truth() as connection:
            kept = {
                (row.rule, row.application_id, row.started_at)
                for row in connection.execute(_ALERTS)
                if row.closed_at is None
            }
        everything = {(f.rule, f.application_id, f.started_at) for f in late}
        fresh = {
            (f.rule, f.application_id, f.started_at) for f in late if not f.backlog
        }
        with scene.store.truth() as connection:
            fresh -= {tuple(row) for row in connection.execute(_WAIVED)}
        demand(
            fresh <= kept <= everything,
            "in the end the open alerts are what runs late",
            f"not open: {fresh - kept}; open for nothing: {kept - everything}",
        )
