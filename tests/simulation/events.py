"""What each kind of event does, and how a whole story is played."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from monitor.configuration import Configuration
from tests.simulation import byhand, house, mortal
from tests.simulation.byhand import HANDS
from tests.simulation.dice import Event, Story, What
from tests.simulation.lives import LIVES, MINUTE, applied
from tests.simulation.mortal import Backup, Mortal
from tests.simulation.process import REAL, Parts
from tests.simulation.scene import Played, Scene
from tests.simulation.world import World

QUIET_DAYS = 3  # working days at the end, in which all is well


@dataclass(frozen=True, slots=True)
class Stage:
    """A story on its world."""

    scene: Scene
    world: World
    story: Story

    def play(self) -> Played:
        """Play it and a quiet time after it; raise Broken where a law is."""
        story, world = self.story, self.world
        for event in story.events:
            world.at(event.at, partial(self._happen, event))
            if event.what is What.RESTORED:
                self._plan_backup(event)
        heals_at = house.instant(story.until, time())
        world.at(heals_at, self.heal)
        last = house.working_days_later(story.until, QUIET_DAYS)
        world.plan(story.start, last)
        world.run(house.instant(last, time(16, 30)))
        world.inspector.end(heals_at)
        self.scene.played.messages = len(self.scene.slack.messages)
        return self.scene.played

    def heal(self) -> None:
        """Mend everything that is broken."""
        scene = self.scene
        scene.store.fates.forget()
        scene.slack.heal()
        scene.ats.shown = "all"
        scene.skew = timedelta(0)
        self.world.asleep_until = scene.real
        scene.say("all is well from here on")

    def _happen(self, event: Event) -> None:
        self.scene.played.events += 1
        self.scene.say(str(event)[18:])
        if event.what in LIVES:
            self._live(event)
        elif event.what in HANDS:
            HANDS[event.what](self.scene, event)
        elif event.what in _LASTING:
            self._last(event)
        else:
            _TROUBLES[event.what](self, event)
        self.scene.played.happened[event.what.value] += 1

    def _live(self, event: Event) -> None:
        ats, name = self.scene.ats, event.about
        if event.what is What.APPLIES:
            ats.rows[name] = applied(event)
        elif name in ats.rows:
            ats.rows[name] = ats.rows[name]._replace(**LIVES[event.what](event))
            if event.what is What.VANISHES:
                ats.hidden.add(name)
            if event.what is What.RETURNS:
                ats.hidden.discard(name)

    def _last(self, event: Event) -> None:
        """Begin something that ends by itself."""
        begin, end = _LASTING[event.what]
        begin(self)
        self.world.at(event.at + event.amount * MINUTE, lambda: end(self))

    def sleep(self, event: Event) -> None:
        self.world.sleep(self.scene.real + event.amount * MINUTE)

    def _plan_backup(self, event: Event) -> None:
        def back_up() -> None:
            backup, at = self.scene.store.back_up(), self.scene.real
            self.world.at(event.at, partial(self._restore, backup, at))

        self.world.at(event.at - event.amount * 60 * MINUTE, back_up)

    def _restore(self, backup: Backup, at: datetime) -> None:
        """Put an old state in the place of the newer one; every process ends."""
        scene = self.scene
        lost = [each for each in scene.slack.messages if each.at >= at]
        known = {row["channel"] for row in backup["people"]}
        unread = set(scene.slack.channels.values()) - known
        scene.slack.unrecorded |= {each.key for each in lost}
        # A channel that is set by its name can be read once its number is known.
        scene.slack.unlooked |= {each.key for each in lost if each.channel in unread}
        # Nor does one look in the channel of a stand-in who is none any more.
        scene.slack.unlooked |= scene.stood_in(
            {each.key: each.channel for each in lost}
        )
        scene.store.put_back(backup)
        scene.forgotten.clear()
        scene.is_rewritten = True
        self.world.begin_anew()

    def restored(self, event: Event) -> None:
        """Say so; what was kept then comes back right after."""

    def edit(self, event: Event) -> None:
        self.scene.configuration = self.scene.configurations[event.detail]

    def fail(self, event: Event) -> None:
        self.scene.slack.fail(event.about, event.detail, event.amount)

    def deactivate(self, event: Event) -> None:
        self.scene.slack.users[event.about].is_gone = True

    def activate(self, event: Event) -> None:
        self.scene.slack.users[event.about].is_gone = False

    def archive(self, event: Event) -> None:
        self.scene.slack.archived.add(self.scene.slack.channels[event.about])

    def unarchive(self, event: Event) -> None:
        self.scene.slack.archived.discard(self.scene.slack.channels[event.about])

    def delete(self, event: Event) -> None:
        if found := self.scene.slack.standing():
            found[event.amount % len(found)].is_deleted = True

    def die(self, event: Event) -> None:
        self._arm(event, mortal.die)

    def lose_answer(self, event: Event) -> None:
        self._arm(event, mortal.unheard)

    def lose_state(self, event: Event) -> None:
        def go() -> None:
            self.scene.store.fates.is_away = True
            self.world.at(self.scene.real + 20 * MINUTE, come)

        def come() -> None:
            self.scene.store.fates.is_away = False

        self._arm(event, go)

    def poll_meanwhile(self, event: Event) -> None:
        def poll() -> None:
            self.scene.say(f"{event.about} is told, and a poll sees it meanwhile")
            self.answer(event)
            self.world.poll_beside()

        self._arm(event, poll)

    def waive_meanwhile(self, event: Event) -> None:
        def waive() -> None:
            self.scene.say(f"{event.about} is waived meanwhile")
            byhand.waive_all(self.scene, event)

        self._arm(event, waive)

    def answer(self, event: Event) -> None:
        row = self.scene.ats.rows.get(event.about)
        if row is not None:
            at = self.scene.real
            row = row._replace(told_at=at, first_reply_at=at, last_reply_at=at)
            self.scene.ats.rows[event.about] = row

    def polls(self, event: Event) -> None:
        self.world.look()

    def leave(self, event: Event) -> None:
        self.scene.slack.users[event.about].is_away = True

    def come_back(self, event: Event) -> None:
        self.scene.slack.users[event.about].is_away = False

    def stand_still(self, event: Event) -> None:
        def stop() -> None:
            self.scene.say(f"the process stands still {event.detail}")
            self.world.stand_still()

        self._arm(event, stop)

    def turn_clock(self, event: Event) -> None:
        self.scene.skew = event.amount * MINUTE

    def show(self, shown: str) -> None:
        self.scene.ats.shown = shown

    def let_read(self, *, may: bool) -> None:
        self.scene.slack.may_read = may

    def give_token(self, *, has: bool) -> None:
        self.scene.slack.has_token = has

    def take_state(self, *, away: bool) -> None:
        self.scene.store.fates.is_away = away

    def _arm(self, event: Event, happens: Callable[[], None]) -> None:
        def happen() -> None:
            self.scene.played.happened[f"{event.what.value} {event.detail}"] += 1
            happens()

        self.scene.store.fates.arm(event.detail, event.amount, happen)


def stage(
    store: Mortal,
    configurations: Mapping[str, Configuration],
    story: Story,
    parts: Parts = REAL,
) -> Stage:
    """Return a story on an empty stage."""
    store.empty()
    scene = Scene(store, configurations, story)
    return Stage(scene, World(scene, story.replicas, parts), story)


_LASTING: dict[What, tuple[Callable[[Stage], None], Callable[[Stage], None]]] = {
    What.POLL_BREAKS: (lambda on: on.show("broken"), lambda on: on.show("all")),
    What.POLL_IS_EMPTY: (lambda on: on.show("none"), lambda on: on.show("all")),
    What.FEW_SHOWN: (lambda on: on.show("few"), lambda on: on.show("all")),
    What.SCOPE_GOES: (
        lambda on: on.let_read(may=False),
        lambda on: on.let_read(may=True),
    ),
    What.TOKEN_GOES: (
        lambda on: on.give_token(has=False),
        lambda on: on.give_token(has=True),
    ),
    What.STATE_GOES: (
        lambda on: on.take_state(away=True),
        lambda on: on.take_state(away=False),
    ),
}
_TROUBLES: dict[What, Callable[[Stage, Event], None]] = {
    What.RULES_CHANGE: Stage.edit,
    What.CALL_FAILS: Stage.fail,
    What.PERSON_GOES: Stage.deactivate,
    What.PERSON_RETURNS: Stage.activate,
    What.CHANNEL_CLOSES: Stage.archive,
    What.CHANNEL_OPENS: Stage.unarchive,
    What.MESSAGE_GOES: Stage.delete,
    What.DIES: Stage.die,
    What.STATE_BREAKS: Stage.lose_state,
    What.COMMIT_UNHEARD: Stage.lose_answer,
    What.POLL_MEANWHILE: Stage.poll_meanwhile,
    What.WAIVED_MEANWHILE: Stage.waive_meanwhile,
    What.POLLED: Stage.polls,
    What.PERSON_LEAVES: Stage.leave,
    What.PERSON_COMES: Stage.come_back,
    What.STANDS_STILL: Stage.stand_still,
    What.CLOCK_TURNS: Stage.turn_clock,
    What.SLEEPS: Stage.sleep,
    What.RESTORED: Stage.restored,
}
