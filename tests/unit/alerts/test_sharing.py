"""Which leases a replica takes and gives back."""

import pytest

from monitor.daemon import sharing
from monitor.daemon.sharing import View
from monitor.store.replicas.leases import Lease

NAMES = ("deliver", "poll a", "poll b", "poll c", "poll d")


def view(held: dict[str, str], *others: str, free_before: tuple[str, ...] = ()) -> View:
    """Return what "me" sees: who holds what by its last letter, "-" for nobody."""
    leases = {
        name: Lease(name, held[name[-1]].strip("-") or None, 1, held[name[-1]] == "-")
        for name in NAMES
        if name[-1] in held
    }
    return View(NAMES, leases, "me", ("me", *others), free_before)


@pytest.mark.parametrize(
    ("held", "others", "taken"),
    [
        pytest.param({}, (), [*NAMES], id="alone"),
        pytest.param({}, ("you",), ["deliver", "poll a"], id="both-are-new"),
        pytest.param(
            {"r": "you", "a": "you", "b": "you"},
            ("you",),
            ["poll c", "poll d"],
            id="who-has-fewer-takes-the-rest",
        ),
        pytest.param(
            {"r": "-", "a": "me", "b": "me", "c": "-", "d": "you"},
            ("you",),
            ["deliver"],
            id="who-has-more-waits",
        ),
        pytest.param(
            {"r": "you", "a": "me", "b": "me", "c": "-", "d": "dead"},
            (),
            ["poll c"],
            id="the-dead-do-not-count",
        ),
    ],
)
def test_a_free_lease_goes_to_who_polls_least(
    held: dict[str, str], others: tuple[str, ...], taken: list[str]
) -> None:
    assert sharing.take(view(held, *others)) == taken


def test_what_nobody_wanted_is_taken_all_the_same() -> None:
    held = {"r": "you", "a": "me", "b": "me", "c": "-", "d": "you"}
    seen = view(held, "you", free_before=("poll c",))
    assert sharing.take(seen) == ["poll c"]


@pytest.mark.parametrize(
    ("held", "others", "given"),
    [
        pytest.param("me me me me", ("you",), ["poll a", "poll b"], id="half-of-it"),
        pytest.param("me me me you", ("you",), ["poll a"], id="more-than-fair"),
        pytest.param("me me you you", ("you", "new"), ["poll a"], id="to-a-third"),
        pytest.param("me me you you", ("you",), [], id="even"),
        pytest.param("me me me you", ("you", "new"), ["poll a"], id="odd"),
        pytest.param("me me me -", ("you",), [], id="first-what-is-free"),
        pytest.param("me me me me", (), [], id="alone"),
        pytest.param("me me me old", (), [], id="not-to-who-stepped-back"),
    ],
)
def test_a_surplus_is_given_back(
    held: str, others: tuple[str, ...], given: list[str]
) -> None:
    seen = view(dict(zip("abcd", held.split(), strict=True)), *others)
    idle = [name for name, each in seen.leases.items() if each.holder == "me"]
    assert sharing.give(seen, idle) == given


def test_neither_the_delivery_nor_a_busy_one_is_given_back() -> None:
    seen = view(dict.fromkeys("rabcd", "me"), "you")
    assert sharing.give(seen, ["deliver", "poll c"]) == ["poll c"]
    assert sharing.give(seen, ["deliver"]) == []
