"""What goes wrong on the odd day, so that every panel has something to show."""

from datetime import datetime, timedelta

from monitor import configuration
from tests.dashboards.player import ENVIRON, Player
from tests.fakes import ratelimited, reset

MINUTE = timedelta(minutes=1)
STRAYS = 8
# Strangers in a stage that no mapping knows, who have waited for twenty days.
_ARRIVE = """
INSERT INTO applications
    (id, candidate_id, job_id, applied_at, status, stage, updated_at)
SELECT 'stray-' || id, candidate_id, job_id, datetime(:now, '-20 days'), 'open',
    'Talent pool', :now
FROM applications LIMIT :strays
"""
_LEAVE = """
UPDATE applications SET status = 'withdrawn' WHERE id LIKE 'stray-%'
    AND id > (SELECT min(id) FROM applications WHERE id LIKE 'stray-%')
"""
_VANISH = "DELETE FROM applications WHERE id LIKE 'stray-%'"
# Everybody is asked at once, those too who were told late or not at all.
_SURVEY = """
UPDATE applications SET survey_at = :now, survey_score = rowid % 11
WHERE survey_at IS NULL
"""
_FIRST = "SELECT id, applied_at FROM applications ORDER BY id LIMIT 1"
_REDATE = "UPDATE applications SET applied_at = ? WHERE id = ?"


def happen(player: Player, now: datetime) -> datetime:
    """Let all go wrong in the minutes before `now`; return when it was at its worst."""
    minutes = iter([now - MINUTE * left for left in range(9, 0, -1)])
    player.live(now)
    player.slack.fail("chat.postMessage", ratelimited("1"), reset(effect=True))
    source_fails(player, next(minutes))
    row_is_garbled(player, next(minutes))
    all_are_asked(player, next(minutes))
    strays_arrive(player, next(minutes))
    edit(player, next(minutes), "target: 14 days", "target: 12 days")
    edit(player, next(minutes), "target: 12 days", "target: 14 days")
    worst = next(minutes)
    strays_leave(player, worst)
    return worst


def source_fails(player: Player, now: datetime) -> None:
    """Poll while the table is not there."""
    with player.connection:
        player.connection.execute("ALTER TABLE applications RENAME TO away")
    player.look(now)
    with player.connection:
        player.connection.execute("ALTER TABLE away RENAME TO applications")


def row_is_garbled(player: Player, now: datetime) -> None:
    """Poll while one row has a date that is none."""
    sql = player.connection.execute
    one, was = sql(_FIRST).fetchone()
    sql("PRAGMA ignore_check_constraints = ON")
    with player.connection:
        sql(_REDATE, ("soon", one))
    player.look(now)
    with player.connection:
        sql(_REDATE, (was, one))
    sql("PRAGMA ignore_check_constraints = OFF")


def all_are_asked(player: Player, now: datetime) -> None:
    """Poll when all have answered a survey."""
    with player.connection:
        player.connection.execute(_SURVEY, {"now": f"{now:%Y-%m-%d %H:%M:%S}"})
    player.look(now)


def strays_arrive(player: Player, now: datetime) -> None:
    """Poll with people whom nobody waits for."""
    bound = {"now": f"{now:%Y-%m-%d %H:%M:%S}", "strays": STRAYS}
    with player.connection:
        player.connection.execute(_ARRIVE, bound)
    player.look(now)


def edit(player: Player, now: datetime, before: str, after: str) -> None:
    """Edit the promise, wrongly at first, and poll with it."""
    daemon = player.daemon
    settings = daemon.configuration.path
    rule = settings.parent.parent / "rules" / "first-reply.yaml"
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text.replace(before, after), encoding="utf-8")
    daemon.metrics.refused()
    daemon.configuration = configuration.read(settings, ENVIRON)
    daemon.metrics.configured(daemon.configuration, now=now)
    player.look(now)


def strays_leave(player: Player, now: datetime) -> None:
    """Poll when all but one are gone at once, which is held to be a mistake."""
    with player.connection:
        player.connection.execute(_LEAVE)
    player.look(now)
    with player.connection:
        player.connection.execute(_VANISH)
