"""What a good rule file means: conditions, clocks, ladders and their order."""

from pathlib import Path

import pytest

from monitor import rules, shipped, yamlfile
from monitor.errors import ConfigError
from monitor.model import Application, Status
from monitor.rules import Awaits, Condition, House, Kind, Rule, Rulebook, Severity
from monitor.worktime import Duration, Unit

SHIPPED = sorted((shipped.folder() / "rules").glob("*.yaml"))

PLAIN = {
    "id": "first-reply",
    "title": "Every candidate hears from us",
    "clock": "{starts: applied_at, stops: told_at}",
    "target": "14 days",
    "ladder": "[{at: target, tell: owner}]",
}


def book(*texts: dict[str, str], roles: tuple[str, ...] = ()) -> Rulebook:
    """Return the rules made of the plain one, with some keys changed."""
    lines = ["rules:"]
    for text in texts:
        pairs = [f"{key}: {value}" for key, value in {**PLAIN, **text}.items()]
        lines += ["  - " + pairs[0], *("    " + pair for pair in pairs[1:])]
    house = House(roles=frozenset(roles))
    return rules.parse([yamlfile.parse("\n".join(lines), "a.yaml")], house)


def rule(**text: str) -> Rule:
    [found] = book(text).rules
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_rule_loads_alone(path: Path) -> None:
    found = rules.parse([yamlfile.read(path)])
    assert all(each.id and each.firings for each in found.rules)


def test_the_shipped_rules_load_together() -> None:
    found = rules.read(shipped.folder() / "rules")
    promise = found.get("first-reply")
    assert promise is not None
    assert promise.target == Duration(14, Unit.DAYS)
    assert found.get("no-such-rule") is None


def test_a_plain_rule_has_the_documented_defaults() -> None:
    found = rule()
    assert (found.id, found.title) == (PLAIN["id"], PLAIN["title"])
    assert (found.clock.starts, found.clock.pick) == (("applied_at",), "latest")
    assert found.clock.stops == ("told_at",)
    assert found.tests == ()
    assert (found.owner, found.severity) == ("has_ball", Severity.NORMAL)
    assert found.backlog == Duration(90, Unit.DAYS)


@pytest.mark.parametrize(
    ("test", "values", "wanted"),
    [
        pytest.param("status: open", {Status.OPEN}, True, id="one value"),
        pytest.param("status: [open, on_hold]", {"open", "on_hold"}, True, id="any of"),
        pytest.param("status: {not: hired}", {"hired"}, False, id="not one"),
        pytest.param("status: {not: [hired]}", {"hired"}, False, id="not any of"),
        pytest.param("department: present", None, True, id="has a value"),
        pytest.param("decided_at: absent", None, False, id="has none"),
        pytest.param("country: [NO, no]", {"NO", "no"}, True, id="Norway"),
        pytest.param("internal: false", {False}, True, id="a switch"),
        pytest.param("applicants: [1, 2]", {1, 2}, True, id="numbers"),
        pytest.param("department: 'true'", {"true"}, True, id="quoted text"),
    ],
)
def test_a_condition_tests_one_column(
    test: str, values: set[object] | None, *, wanted: bool
) -> None:
    column, _, _ = test.partition(":")
    expected = Condition(column, None if values is None else frozenset(values), wanted)
    assert rule(when=f"{{{test}}}").tests == (expected,)


@pytest.mark.parametrize(
    ("starts", "columns", "pick"),
    [
        ("applied_at", ("applied_at",), "latest"),
        ("{latest: shared_at}", ("shared_at",), "latest"),
        ("{latest: [shared_at, told_at]}", ("shared_at", "told_at"), "latest"),
        ("{earliest: [shared_at, told_at]}", ("shared_at", "told_at"), "earliest"),
    ],
)
def test_a_clock_starts_at_one_of_its_columns(
    starts: str, columns: tuple[str, ...], pick: str
) -> None:
    found = rule(clock=f"{{starts: {starts}, stops: told_at}}")
    assert (found.clock.starts, found.clock.pick) == (columns, pick)


@pytest.mark.parametrize(
    ("stops", "awaits"),
    [
        ("told_at", Awaits.ANSWER),
        ("[decided_at, called_at]", Awaits.ANSWER),
        ("first_reply_at", Awaits.ANSWER),
        ("decided_at", Awaits.DECISION),
        ("[decided_at, feedback_at]", Awaits.DECISION),
    ],
)
def test_what_is_owed_is_read_off_what_stops_the_clock(
    stops: str, awaits: Awaits
) -> None:
    assert rule(clock=f"{{starts: applied_at, stops: {stops}}}").awaits is awaits


@pytest.mark.parametrize(
    ("at", "kind", "shifts"),
    [
        ("target", Kind.BREACH, ()),
        ("at target", Kind.BREACH, ()),
        ("4 days before", Kind.WARNING, ((Duration(4, Unit.DAYS), True),)),
        ("1 hour after", Kind.ESCALATION, ((Duration(1, Unit.HOURS), False),)),
        ("335 hours before", Kind.WARNING, ((Duration(335, Unit.HOURS), True),)),
    ],
)
def test_a_step_stands_before_at_or_after_the_target(
    at: str, kind: Kind, shifts: object
) -> None:
    [firing] = rule(ladder=f"[{{at: {at}, tell: [owner, manager]}}]").firings
    assert (firing.at, firing.kind, firing.shifts) == (at, kind, shifts)
    assert firing.tell == ("owner", "manager")


def test_a_public_step_is_announced_to_the_owner_a_working_day_before() -> None:
    ladder = "[{at: 5 working days after, tell: [manager, '#leads']}]"
    heads_up, public = rule(ladder=ladder).firings
    five = (Duration(5, Unit.WORKING_DAYS), False)
    day_before = (Duration(1, Unit.WORKING_DAYS), True)
    assert (heads_up.kind, heads_up.tell) == (Kind.HEADS_UP, ("owner",))
    assert heads_up.shifts == (five, day_before)
    assert heads_up.at == "heads-up for 5 working days after"
    assert (public.kind, public.tell) == (Kind.ESCALATION, ("manager", "#leads"))
    assert public.shifts == (five,)


def test_a_public_step_knows_its_announcement() -> None:
    ladder = "[{at: target, tell: '#leads'}, {at: 1 day after, tell: owner}]"
    found = rule(ladder=ladder)
    kinds = [firing.kind for firing in found.firings]
    assert kinds == [Kind.HEADS_UP, Kind.BREACH, Kind.ESCALATION]
    assert [found.heads_up(number) for number in range(3)] == [None, 0, None]


def test_a_persons_address_is_told_in_small_letters() -> None:
    ladder = "[{at: target, tell: [Kari.Berg@Example.COM, HR_Lead]}]"
    [found] = book({"ladder": ladder}, roles=("HR_Lead",)).rules
    assert found.firings[0].tell == ("kari.berg@example.com", "HR_Lead")


def test_a_repeat_tells_as_many_times_more_as_it_says() -> None:
    ladder = "[{at: target, tell: owner, repeat: {every: 2 days, at_most: 3}}]"
    firings = rule(ladder=ladder).firings
    two = (Duration(2, Unit.DAYS), False)
    assert [firing.shifts for firing in firings] == [(), (two,), (two,) * 2, (two,) * 3]
    assert {firing.kind for firing in firings} == {Kind.BREACH}


def test_no_two_firings_of_a_ladder_share_a_name_or_a_place() -> None:
    repeated = "{at: target, tell: owner, repeat: {every: 2 working days, at_most: 2}}"
    public = "{at: 5 working days after, tell: '#leads'}"
    firings = rule(ladder=f"[{repeated}, {public}]").firings
    assert len({each.name for each in firings}) == len(firings) == 5
    assert len({each.place for each in firings}) == 5
    assert (firings[0].name, firings[1].name) == ("target (+0 h)", "target (+67.2 h)")


def test_firings_come_in_the_order_of_their_time() -> None:
    ladder = (
        "[{at: 8 working hours after, tell: owner}, {at: 10 days after, tell: owner},"
        " {at: target, tell: owner}, {at: 2 working days after, tell: manager},"
        " {at: 30 hours before, tell: owner}]"
    )
    assert [firing.at for firing in rule(ladder=ladder).firings] == [
        "30 hours before",
        "target",
        "8 working hours after",
        "2 working days after",
        "10 days after",
    ]


@pytest.mark.parametrize(
    "week", ["168 hours", "7 days", "5 working days", "40 working hours"]
)
def test_a_step_a_week_before_a_target_of_a_week_is_at_the_start(week: str) -> None:
    # Five working days of eight hours make a week, whichever clock says so.
    with pytest.raises(ConfigError, match="is not after the clock starts"):
        rule(target="7 days", ladder=f"[{{at: {week} before, tell: owner}}]")
    number, unit = week.split(" ", 1)
    less = f"{int(number) - 1} {unit}"
    early = rule(target="7 days", ladder=f"[{{at: {less} before, tell: owner}}]")
    other = rule(target=week, ladder="[{at: 167 hours before, tell: owner}]")
    assert (len(early.firings), len(other.firings)) == (1, 1)


@pytest.mark.parametrize(
    "word", ["owner", "recruiter", "manager", "decided_by", "hr_lead"]
)
def test_a_step_tells_a_role(word: str) -> None:
    text = {"ladder": f"[{{at: target, tell: {word}}}]"}
    [found] = book(text, roles=("hr_lead",)).rules
    assert found.firings[0].tell == (word,)


@pytest.mark.parametrize("word", ["ingrid@example.org", "'#recruiting-leads'"])
def test_a_step_tells_a_person_or_a_channel(word: str) -> None:
    found = rule(ladder=f"[{{at: target, tell: {word}}}]")
    assert found.firings[-1].tell == (word.strip("'"),)


@pytest.mark.parametrize(
    "word", ["has_ball", "recruiter", "manager", "decided_by", "hr_lead"]
)
def test_a_rule_is_owned_by_a_role(word: str) -> None:
    [found] = book({"owner": word}, roles=("hr_lead",)).rules
    assert found.owner == word


def test_a_rule_that_is_off_is_checked_and_left_out() -> None:
    off = {"id": "other", "enabled": "false"}
    assert [each.id for each in book({}, off).rules] == ["first-reply"]
    with pytest.raises(ConfigError, match="is not a duration"):
        book({**off, "target": "soon"})


def test_a_file_may_hold_no_rule_yet() -> None:
    assert rules.parse([yamlfile.parse("rules: []", "a.yaml")]) == Rulebook(())


def test_rules_are_read_from_both_endings_in_order(tmp_path: Path) -> None:
    text = "rules:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in PLAIN.items())
    for name in ("b.yaml", "a.yml", "c.txt"):
        rule_id = f"rule-{name[0]}"
        path = tmp_path / name
        path.write_text(text.replace("first-reply", rule_id), encoding="utf-8")
    assert [each.id for each in rules.read(tmp_path).rules] == ["rule-a", "rule-b"]


def test_the_folder_of_the_admins_own_tests_is_no_rule_file(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "a.yaml").write_text("rules: []", encoding="utf-8")
    assert rules.read(tmp_path).rules == ()


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("First reply", "first-reply"),
        ("3-days", "days"),
        ("--", "first-reply"),
        ("_" * 3 + "x" * 90, "x" * 62),
    ],
)
def test_a_bad_id_offers_a_good_one(written: str, offered: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rule(id=f'"{written}"')
    assert f'(small letters, digits and -; try "{offered}")' in str(caught.value)
    assert rule(id=offered).id == offered


def test_every_column_of_the_view_has_a_kind() -> None:
    assert tuple(rules.COLUMN_KINDS) == Application._fields
    assert rules.COLUMN_KINDS["status"] is Status
    assert rules.COLUMN_KINDS["applicants"] is int
