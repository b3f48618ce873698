"""Draws where a process shall die, and sees to it that it does."""

import random
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from threading import Lock

from tests.fakes import Moment

METHODS = (
    "users.lookupByEmail",
    "users.info",
    "conversations.open",
    "conversations.history",
    "chat.postMessage",
    "chat.update",
)
BETWEEN = "between calls"
BY_THE_CLOCK = "by the clock"
RARE = {"conversations.history", "chat.update"}  # few lives come to these
# What deaths are drawn from: each once before any is drawn again, a post's twice.
DECK = (
    *((method, moment) for method in METHODS for moment in Moment),
    *(("chat.postMessage", moment) for moment in Moment),
    *((BETWEEN, "") for _ in range(3)),
    *((BY_THE_CLOCK, "") for _ in range(2)),
)
LIFE = 4.0  # seconds; a point that was not met by then is not met in this life
LONGEST_PAUSE = 0.04  # seconds after an answer, in which it is being written down
MOST_CALLS, NEVER = 8, 8000


@dataclass(frozen=True)
class Death:
    """Where one life ends: at a moment of a method's call, or after so many seconds."""

    method: str | None
    moment: Moment
    calls: int  # this many pass by before
    pause: float  # seconds from that moment
    after: float = LIFE

    @property
    def place(self) -> tuple[str, str]:
        return (self.method or BETWEEN), (self.moment if self.method else "")


class Reaper:
    """Watches one life after another; `kills` counts the deaths by their place."""

    def __init__(self, dice: random.Random) -> None:
        self.kills: Counter[tuple[str, str]] = Counter()
        self._dice = dice
        self._deck: list[tuple[str, str]] = []
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._death = self._draw(set())
        self._left = 0

    def reap(self, process: "subprocess.Popen[str]", likely: set[str]) -> None:
        """Let this process die where the dice say; return when it is dead.

        `likely` are the rare calls that this life will make.
        """
        with self._lock:
            self._process, self._death = process, self._draw(likely)
            self._left = self._death.calls
        try:
            process.wait(self._death.after)
        except subprocess.TimeoutExpired:
            self._kill((BY_THE_CLOCK, ""))
        process.wait()

    def _draw(self, likely: set[str]) -> Death:
        """Take a death off the deck; one at a rare call waits until it is likely."""
        away = RARE - likely
        if all(place in away for place, _ in self._deck):
            self._deck += self._dice.sample(DECK, len(DECK))
        cards = [card for card in self._deck if card[0] not in away]
        place, moment = cards[0]
        self._deck.remove((place, moment))
        if place == BY_THE_CLOCK:
            return Death(None, Moment.ANSWERED, NEVER, 0, self._dice.uniform(0.2, 2.5))
        pause = self._dice.uniform(0, LONGEST_PAUSE)
        if place == BETWEEN:
            calls = self._dice.randrange(MOST_CALLS)
            return Death(None, Moment.ANSWERED, calls, pause)
        at = Moment(moment)
        calls = 0 if place in RARE else self._dice.randrange(2)
        return Death(place, at, calls, pause if at is Moment.ANSWERED else 0)

    def rest(self) -> None:
        """Let the processes that follow live."""
        self._process = None

    def witness(self, method: str, moment: Moment) -> bool:
        """Kill at the moment drawn; a request of the dead comes no further."""
        with self._lock:
            death, process = self._death, self._process
            if process is None:
                return True
            hit = death.method in {None, method} and death.moment is moment
            self._left -= hit
            if not hit or self._left >= 0:
                return process.poll() is None
        if death.pause:
            time.sleep(death.pause)
        self._kill(death.place)
        return False

    def _kill(self, place: tuple[str, str]) -> bool:
        """Kill the process of this life, once; tell whether it was this that did it."""
        with self._lock:
            process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return False
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.kills[place] += 1
        return True
