"""Draws a story from a seed: first all that happens, so that parts can be left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random

from tests.simulation import house
from tests.simulation.fates import CALLS, COMMITS, MOMENTS
from tests.simulation.slack import FAULTS, POST_FAULTS

CROWDS = (4, 6, 8, 11, 18)  # applications
DAYS = (7, 7, 8, 8, 9, 12, 21)  # of a story; a quiet week comes after them
EARLY = 0.4  # what puts nudges off is over when all is well
LOOKING_UP = tuple(each for each in MOMENTS if each.split()[1] in {"lookup", "open"})


class What(StrEnum):
    """What may happen; the value is how a story tells it."""

    APPLIES = "applies"
    WRITES = "writes to us"
    IS_ANSWERED = "is answered"
    ANSWER_GOES = "was never answered after all"
    IS_SHARED = "goes to the manager"
    IS_REVIEWED = "comes back from the manager"
    IS_DECIDED = "is turned down"
    IS_TOLD = "is told"
    LEAVES = "withdraws"
    VANISHES = "vanishes from the database"
    RETURNS = "is in the database again"
    MOVES = "is handed over"
    POLL_BREAKS = "polls break off"
    POLL_IS_EMPTY = "polls find nothing"
    FEW_SHOWN = "three in four are not delivered"
    RULES_CHANGE = "the rules are edited"
    CALL_FAILS = "Slack fails"
    PERSON_GOES = "is deactivated in Slack"
    PERSON_RETURNS = "is in Slack again"
    CHANNEL_CLOSES = "is archived"
    CHANNEL_OPENS = "is open again"
    MESSAGE_GOES = "a message is deleted by hand"
    SCOPE_GOES = "the token may not read"
    TOKEN_GOES = "the token is revoked"  # noqa: S105 - an event
    DIES = "the process dies"
    STATE_GOES = "the state is away"
    STATE_BREAKS = "the state goes away in the middle"
    COMMIT_UNHEARD = "the answer to a commit is lost"
    POLL_MEANWHILE = "is told, and polled, in the middle of the delivery"
    WAIVED_MEANWHILE = "is waived in the middle of the delivery"
    POLLED = "a poll"
    SNOOZED = "is snoozed"
    ACKNOWLEDGED = "is acknowledged"
    WAIVED = "is waived"
    SILENCED = "a silence"
    CONFIRMED = "held closings are confirmed"
    FORGOTTEN = "is erased"
    PERSON_LEAVES = "is out of the office"
    PERSON_COMES = "is back in the office"
    STANDS_STILL = "the process stands still"
    CLOCK_TURNS = "the clock is set"
    RESTORED = "the state is put back as it was hours ago:"
    SLEEPS = "the machine sleeps"


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happens; `amount` is a count, or a number of minutes."""

    at: datetime
    what: What
    about: str = ""
    detail: str = ""
    amount: int = 0

    def __str__(self) -> str:
        local = self.at.astimezone(house.OSLO)
        words = [self.about, self.what.value, self.detail, self.amount or ""]
        said = " ".join(str(word) for word in words if word)
        return f"{local:%a %d %b %H:%M}  {said}"


@dataclass(frozen=True, slots=True)
class Story:
    """All that happens from a Monday on, for so many days."""

    start: date
    days: int
    events: tuple[Event, ...]
    replicas: int = 1

    @property
    def until(self) -> date:
        return self.start + timedelta(days=self.days)

    def without(self, dropped: set[Event]) -> "Story":
        """Return the story in which some of it did not happen."""
        kept = tuple(each for each in self.events if each not in dropped)
        return replace(self, events=kept)


def draw(seed: int) -> Story:
    """Return the story of a seed, always the same."""
    dice = Random(seed)  # noqa: S311 - to be drawn again, not to be secret
    start, days = dice.choice(house.STARTS), dice.choice(DAYS)
    drawn = _Drawing(dice, start, days)
    return Story(start, days, tuple(sorted(set(drawn.events()))), dice.choice((1, 2)))


class _Drawing:
    def __init__(self, dice: Random, start: date, days: int) -> None:
        self.dice = dice
        self.start = start
        self.days = days
        self.names = [f"Q{n:03d}" for n in range(1, dice.choice(CROWDS) + 1)]

    def events(self) -> Iterator[Event]:
        for name in self.names:
            yield from self._life(name)
        troubles = self.dice.choice((2, 6, 12, 20))
        for _ in range(troubles):
            yield from self.dice.choice(_TROUBLES)(self)

    def _moment(self, first: float = 0, last: float = 1) -> datetime:
        """Return an instant between these parts of the story, mostly of working time."""
        day = int(self.days * (first + (last - first) * self.dice.random()))
        hour = self.dice.choice((*range(8, 17), *range(8, 12), *range(24)))
        at = time(hour, self.dice.randrange(60), self.dice.randrange(60))
        return house.instant(self.start + timedelta(days=day), at)

    def _life(self, name: str) -> Iterator[Event]:
        at, dice = self._moment(-0.3, 0.7), self.dice
        who = f"{dice.choice(house.RECRUITERS)},{dice.choice(house.MANAGERS)}"
        yield Event(at, What.APPLIES, name, who)
        last = house.instant(self.start + timedelta(days=self.days), time())
        for _ in range(dice.randint(0, 5)):
            at += timedelta(hours=dice.choice((1, 5, 20, 30, 50, 80, 120)))
            at += timedelta(minutes=dice.randrange(60))
            if at >= last:
                return
            yield self._turn(at, name)

    def _turn(self, at: datetime, name: str) -> Event:
        dice, what = self.dice, self.dice.choice(_TURNS)
        late = dice.choice((0, 0, 30, 600, 4000))
        if what is What.MOVES:
            return Event(at, what, name, dice.choice(house.RECRUITERS))
        if what in {What.IS_ANSWERED, What.IS_TOLD}:
            return Event(at, what, name, amount=late)
        return Event(at, what, name)

    def lasting(self, what: What, details: tuple[str, ...] = ("",)) -> Iterator[Event]:
        minutes = self.dice.choice((10, 90, 400, 2000, 5000))
        yield Event(self._moment(), what, "", self.dice.choice(details), minutes)

    def edits(self) -> Iterator[Event]:
        yield Event(
            self._moment(), What.RULES_CHANGE, "", self.dice.choice(list(house.EDITS))
        )

    def posts_fail(self) -> Iterator[Event]:
        fault, times = self.dice.choice(list(POST_FAULTS)), self.dice.choice((1, 1, 3))
        yield Event(self._moment(), What.CALL_FAILS, "post", fault, times)

    def calls_fail(self) -> Iterator[Event]:
        call, fault = self.dice.choice(CALLS), self.dice.choice(list(FAULTS))
        if call != "post":
            times = self.dice.choice((1, 1, 4))
            yield Event(self._moment(), What.CALL_FAILS, call, fault, times)

    def near_miss(self) -> Iterator[Event]:
        """Let something happen between a try that fails and the next one."""
        first = self.dice.randrange(self.days // 2)
        day = house.working_days_later(self.start + timedelta(days=first), 1)
        at = house.instant(day, next(at for at in house.polls(day) if at.hour > 8))
        fault = self.dice.choice(("429", "refused", "lost", "503", "invalid_blocks"))
        times = self.dice.choice((1, 1, 2))
        yield Event(at - timedelta(minutes=1), What.CALL_FAILS, "post", fault, times)
        soon, what = at + timedelta(seconds=20), self.dice.choice(_SUDDEN)
        for name in self.dice.sample(self.names, len(self.names) // 2):
            detail = self.dice.choice(house.RECRUITERS) if what is What.MOVES else ""
            yield Event(soon, what, name, detail, _LENGTHS.get(what, 0))
        yield Event(soon + timedelta(seconds=20), What.POLLED)

    def hand(self) -> Iterator[Event]:
        what = self.dice.choice((What.SNOOZED, What.SNOOZED, *_SUDDEN))
        length = _LENGTHS.get(what, 0) * self.dice.choice((1, 2))
        for name in self.dice.sample(self.names, self.dice.choice((1, 3))):
            yield Event(self._moment(0, EARLY), what, name, amount=length)

    def late_and_dead(self) -> Iterator[Event]:
        """Let a process post what another has posted meanwhile, and die right then."""
        at, skips = self._moment(), self.dice.choice((0, 1, 3))
        yield Event(at, What.STANDS_STILL, "", "before post", skips)
        moment = self.dice.choice(("after post", "before delete", "before commit"))
        yield Event(at, What.DIES, "", moment, skips + 1)

    def silence(self) -> Iterator[Event]:
        matcher = self.dice.choice(
            ("", "rule=first-reply", "department=health", "job=J1")
        )
        minutes = self.dice.choice((90, 1500, 5000))
        yield Event(self._moment(0, EARLY), What.SILENCED, "", matcher, minutes)

    def confirmation(self) -> Iterator[Event]:
        yield Event(self._moment(), What.CONFIRMED)

    def erasure(self) -> Iterator[Event]:
        yield Event(self._moment(0.3), What.FORGOTTEN, self.dice.choice(self.names))

    def holiday(self) -> Iterator[Event]:
        at, who = self._moment(), self.dice.choice(list(house.MEMBERS))
        yield Event(at, What.PERSON_LEAVES, who)
        later = at + timedelta(hours=self.dice.choice((20, 50, 90)))
        yield Event(later, What.PERSON_COMES, who)

    def person(self) -> Iterator[Event]:
        at, who = self._moment(), self.dice.choice(list(house.MEMBERS))
        yield Event(at, What.PERSON_GOES, who)
        if self.dice.random() < 0.5:
            later = at + timedelta(hours=self.dice.choice((3, 30, 90)))
            yield Event(later, What.PERSON_RETURNS, who)

    def channel(self) -> Iterator[Event]:
        at, which = self._moment(), self.dice.choice((house.LEADS, house.OPS))
        yield Event(at, What.CHANNEL_CLOSES, which)
        later = at + timedelta(hours=self.dice.choice((3, 30, 90)))
        yield Event(later, What.CHANNEL_OPENS, which)

    def message(self) -> Iterator[Event]:
        number = self.dice.randrange(100)
        yield Event(self._moment(), What.MESSAGE_GOES, amount=number)

    def in_the_middle(self, what: What, moments: tuple[str, ...]) -> Iterator[Event]:
        moment, skips = self.dice.choice(moments), self.dice.choice((0, 0, 1, 2, 5, 9))
        about = self.dice.choice(self.names) if what in _ABOUT_ONE else ""
        yield Event(self._moment(), what, about, moment, skips)

    def backup(self) -> Iterator[Event]:
        hours = self.dice.choice((2, 9, 20))
        yield Event(self._moment(0.1), What.RESTORED, amount=hours)

    def clock(self) -> Iterator[Event]:
        minutes = self.dice.choice((-4, -2, 2, 4))
        yield Event(self._moment(), What.CLOCK_TURNS, amount=minutes)


_TURNS = (
    *(What.WRITES, What.WRITES, What.IS_ANSWERED, What.IS_ANSWERED, What.IS_ANSWERED),
    *(What.ANSWER_GOES, What.IS_SHARED, What.IS_SHARED, What.IS_REVIEWED),
    *(What.IS_DECIDED, What.IS_DECIDED, What.IS_TOLD, What.IS_TOLD, What.LEAVES),
    *(What.VANISHES, What.RETURNS, What.MOVES, What.MOVES),
)
_SUDDEN = (
    *(What.IS_TOLD, What.IS_ANSWERED, What.MOVES, What.WAIVED),
    *(What.SNOOZED, What.ACKNOWLEDGED, What.LEAVES),
)
_LENGTHS = {What.SNOOZED: 1400}
_ABOUT_ONE = {What.POLL_MEANWHILE, What.WAIVED_MEANWHILE}
_DEATHS = (*MOMENTS, *COMMITS, *COMMITS, *COMMITS)
_Trouble = Callable[[_Drawing], Iterator[Event]]
_TROUBLES: tuple[_Trouble, ...] = (
    *(_Drawing.posts_fail, _Drawing.posts_fail, _Drawing.posts_fail),
    *(_Drawing.calls_fail, _Drawing.person, _Drawing.channel, _Drawing.message),
    *(_Drawing.edits, _Drawing.edits, _Drawing.clock),
    lambda drawn: drawn.lasting(What.POLL_BREAKS),
    lambda drawn: drawn.lasting(What.POLL_IS_EMPTY),
    lambda drawn: drawn.lasting(What.FEW_SHOWN),
    lambda drawn: drawn.lasting(What.SCOPE_GOES),
    lambda drawn: drawn.lasting(What.TOKEN_GOES),
    lambda drawn: drawn.lasting(What.STATE_GOES),
    lambda drawn: drawn.lasting(What.SLEEPS),
    *[lambda drawn: drawn.in_the_middle(What.DIES, _DEATHS)] * 4,
    lambda drawn: drawn.in_the_middle(What.STATE_BREAKS, _DEATHS),
    *[lambda drawn: drawn.in_the_middle(What.STANDS_STILL, MOMENTS)] * 2,
    lambda drawn: drawn.in_the_middle(What.COMMIT_UNHEARD, ("after commit",)),
    lambda drawn: drawn.in_the_middle(What.POLL_MEANWHILE, LOOKING_UP),
    lambda drawn: drawn.in_the_middle(What.WAIVED_MEANWHILE, LOOKING_UP),
    *(
        _Drawing.late_and_dead,
        _Drawing.near_miss,
        _Drawing.near_miss,
        _Drawing.hand,
        _Drawing.hand,
    ),
    *(
        _Drawing.silence,
        _Drawing.confirmation,
        _Drawing.erasure,
        _Drawing.backup,
        _Drawing.holiday,
    ),
)
