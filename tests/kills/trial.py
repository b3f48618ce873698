"""One trial: so many lives of `svar run` cut short, one that is not, and what is left."""

import random
import time
from collections import Counter, deque
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.fakes import TOKEN, FakeSlack
from tests.kills import firm
from tests.kills.firm import Audit, Firm
from tests.kills.reaper import Reaper
from tests.stories.daemon.process import running

QUARANTINE = 62.0  # seconds until a post whose process died is looked up, and a little
READY = 3  # recruiters that can be told at once, so that each life finds its death
ANSWERS = 0.4  # the share of lives before which a candidate is answered
GIVE_UP = 180.0  # seconds without another message
BREATH = 3.0  # seconds that a life may take to finish what is left
CLEAN = Audit((), (), ())
COMPLAINTS = ("Traceback", "a job failed")


@dataclass(frozen=True)
class Result:
    """What a trial came to."""

    kills: Counter[tuple[str, str]]
    lives: int
    recruiters: int
    messages: int
    edits: int
    seconds: float
    audit: Audit
    complaints: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return self.audit == CLEAN and not self.complaints


class Trial:
    """Kills one firm's Svar again and again.

    `hurried`: what waits for a minute is aged by that while nothing runs, so that a few
    kills are over soon; else all the waiting is real.
    """

    def __init__(self, made: Firm, dice: random.Random, *, hurried: bool) -> None:
        self.firm = made
        self.reaper = Reaper(dice)
        self.hurried = hurried
        self._dice = dice
        self._dead_at: deque[float] = deque()

    def run(self, kills: int) -> Result:
        """Kill so often, then let it finish, and hold the outcome against the law."""
        begun, lives = time.monotonic(), 0
        self.firm.slack.witness = self.reaper.witness
        while self.reaper.kills.total() < kills:
            self._between_lives()
            self._live()
            lives += 1
        self.reaper.rest()
        self._finish()
        messages = self.firm.slack.messages
        return Result(
            self.reaper.kills,
            lives,
            len(self.firm.recruiters),
            len(messages),
            sum(each.edits for each in messages),
            time.monotonic() - begun,
            self.firm.audit(),
            self._complaints(),
        )

    def _live(self) -> None:
        before = self.reaper.kills.total()
        likely = self.firm.likely() if self.firm.has_state() else set()
        self.firm.slack.now = firm.now()
        with running(self.firm.place.settings, SVAR_SLACK__TOKEN=TOKEN) as svar:
            self.reaper.reap(svar.process, likely)
            assert self.reaper.kills.total() == before + 1, svar.log
        self._dead_at.append(time.monotonic())

    def _between_lives(self) -> None:
        """Let the dead one's leases end, and let there be enough to do for the next."""
        if self.firm.has_state():
            self.firm.let_leases_run_out()
            if self.hurried:
                self.firm.age(timedelta(seconds=QUARANTINE))
        if self._dice.random() < ANSWERS:
            self.firm.answer_somebody()
        lately = time.monotonic() - QUARANTINE
        while self._dead_at and self._dead_at[0] < lately:
            self._dead_at.popleft()
        quarantined = 0 if self.hurried else len(self._dead_at)
        for _ in range(READY + quarantined - self.firm.unsent()):
            self.firm.hire()

    def _finish(self) -> None:
        """Let it live until all is told, written down and edited, or nothing moves."""
        moved_at, sent = time.monotonic(), -1
        while not self.firm.is_settled() and time.monotonic() < moved_at + GIVE_UP:
            self._between_rests()
            with running(self.firm.place.settings, SVAR_SLACK__TOKEN=TOKEN) as svar:
                svar.said("svar watches")
                moved_at, sent = self._rest(moved_at, sent)
                assert svar.stop() == 0, svar.log

    def _between_rests(self) -> None:
        self.firm.slack.now = firm.now()
        self.firm.let_leases_run_out()
        if self.hurried:
            self.firm.age(timedelta(seconds=QUARANTINE))

    def _rest(self, moved_at: float, sent: int) -> tuple[float, int]:
        """Wait until all is settled; return when it last moved, and how far it came."""
        begun = time.monotonic()
        while time.monotonic() < moved_at + GIVE_UP:
            if self.hurried and time.monotonic() > begun + BREATH:
                break
            time.sleep(0.5)
            self.firm.slack.now = firm.now()
            count = sum(1 + each.edits for each in self.firm.slack.messages)
            if count > sent:
                moved_at, sent = time.monotonic(), count
            if self.firm.is_settled():
                break
        return moved_at, sent

    def _complaints(self) -> tuple[str, ...]:
        """Return what a life logged that it never should."""
        logs = sorted(self.firm.place.settings.parent.glob("*.err"))
        return tuple(
            f"{log.name}: {line}"
            for log in logs
            for line in log.read_text(encoding="utf-8").splitlines()
            if any(words in line for words in COMPLAINTS)
        )


def run(
    kills: int, folder: Path, state: str, *, seed: int, hurried: bool = False
) -> Result:
    """Kill a new firm's Svar so often."""
    dice = random.Random(seed)  # noqa: S311 - a seed, so that a run can be told again
    with FakeSlack() as slack:
        made = firm.found(folder, slack, state, dice)
        return Trial(made, dice, hurried=hurried).run(kills)
