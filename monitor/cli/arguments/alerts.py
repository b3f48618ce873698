"""What `svar alerts ...` takes: a table of its commands, and what each asks for."""

import argparse
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from monitor.cli.arguments.making import Commands, command, configured

# Spelled here, since the module that knows them takes too long for `--help`.
STATES = ("warning", "breached", "escalated", "resolved", "cancelled")
ENDS = (
    "resolved (on time)",
    "resolved (late)",
    "resolved (closed)",
    "resolved (waived)",
    "cancelled (exempted)",
    "cancelled (gone)",
    "cancelled (retargeted)",
    "cancelled (rule removed)",
)


Ask = Callable[[argparse.ArgumentParser], None]


class Verb(NamedTuple):
    """One command: the module and the call that do it, its help, and what it asks for."""

    name: str
    does: str
    text: str
    examples: tuple[str, ...]
    asks: tuple[Ask, ...]


def add(commands: Commands) -> None:
    """Add `svar alerts` with all its commands."""
    parser = command(
        commands,
        "alerts",
        "See what Svar remembers, put it off, or say that it is enough.",
        "svar alerts list                who waits, those longest past due first",
        'svar alerts snooze 12 --for "2 days" --reason "the manager is back on Monday"',
        'svar alerts hold --reason "the mail server is down"      nobody is told',
    )
    parser.set_defaults(module=None)
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for verb in _VERBS:
        _add(inner, verb)


def _add(inner: Commands, verb: Verb) -> None:
    made = command(inner, verb.name, verb.text, *verb.examples)
    module, _, call = verb.does.partition(".")
    made.set_defaults(module=f"alerts.{module}", call=call)
    for ask in verb.asks:
        ask(made)
    configured(made)


def add_forget(commands: Commands) -> None:
    """Add `svar forget`."""
    made = command(
        commands,
        "forget",
        "Take an application out of Svar's memory, and out of messages about it.",
        "svar forget 8812 --dry-run",
        "svar forget 8812 --source opencats",
    )
    made.add_argument(
        "application", type=_said, help="its id in the recruiting database"
    )
    made.add_argument("--source", help="only in this source, where ids repeat")
    made.add_argument("--dry-run", action="store_true", help="only say what would go")
    _json(made)
    configured(made)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _by(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by", type=_said, metavar="NAME", help="who does it (default: your login)"
    )


def _narrowed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state",
        choices=(*STATES, *ENDS),
        metavar="STATE",
        help=f'{", ".join(STATES)}, or one such as "{ENDS[1]}"',
    )
    parser.add_argument("--owner", metavar="TEXT", help="part of the owner's address")
    parser.add_argument(
        "--quiet",
        action="store_true",
        help="only those of which nobody is told for now",
    )
    parser.add_argument("--all", action="store_true", help="closed ones too")
    parser.add_argument(
        "--limit", type=_count, default=50, help="how many (default: 50; 0: all)"
    )


def _id(of: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=int, metavar="ID", help=f"as `{of}` says it")


def _rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="its id")
    parser.add_argument("--source", help="only in this source")


def _from(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="start", metavar="INSTANT", help="not before then"
    )


def _ended(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="those that ended too")


def _ids(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids", type=int, nargs="+", metavar="ID", help="as `svar alerts list` says it"
    )


def _matching(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", help="one recruiting database")
    parser.add_argument("--rule", help="one rule, by its id")
    parser.add_argument("--department", help="one department, in any case")
    parser.add_argument("--job", help="one job, by its title or its reference")


def _until(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    either = parser.add_mutually_exclusive_group(required=required)
    either.add_argument(
        "--until", metavar="DATE", help="the start of a day, or an instant"
    )
    either.add_argument(
        "--for", dest="lasting", metavar="DURATION", help='such as "2 working days"'
    )


def _reason(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument(
        "--reason", type=_said, required=required, metavar="TEXT", help="why"
    )


def _count(text: str) -> int:
    """Read how many at most."""
    if not text.isdigit():
        message = f"{text} is not a number"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _said(text: str) -> str:
    """Read what may not be blank."""
    if not text.strip():
        message = "it may not be empty"
        raise argparse.ArgumentTypeError(message)
    return text


_ACKNOWLEDGE = Verb(
    "acknowledge",
    "overlays.acknowledge",
    "Say that you are on it: quiet for as long as a snooze lasts, once.",
    ("svar alerts acknowledge 12 13",),
    (_ids, partial(_reason, required=False), _by),
)
_VERBS = (
    Verb(
        "list",
        "list.run",
        "List the open alerts, those longest past due first.",
        (
            "svar alerts list --rule first-reply --department Nursing",
            "svar alerts list --owner ingrid@ --json | jq '.alerts[].id'",
        ),
        (_json, _matching, _narrowed),
    ),
    Verb(
        "show",
        "show.run",
        "Show an alert, what happened to it, and who was told.",
        ("svar alerts show 12",),
        (partial(_id, "svar alerts list"), _json),
    ),
    Verb(
        "snooze",
        "overlays.snooze",
        "Put alerts off: nobody is told until then. Their steps go on.",
        (
            'svar alerts snooze 12 --for "2 days" --reason "the manager is back on Monday"',
            'svar alerts snooze 12 13 --until 2026-11-26 --reason "interview on Wednesday"',
        ),
        (_ids, _until, _reason, _by),
    ),
    _ACKNOWLEDGE,
    _ACKNOWLEDGE._replace(
        name="ack", text="The same, in short.", examples=("svar alerts ack 12 13",)
    ),
    Verb(
        "waive",
        "overlays.waive",
        "Close alerts since no reply is needed; they stay closed for this wait.",
        ('svar alerts waive 12 --reason "a duplicate of application 8810"',),
        (_ids, _reason, _by),
    ),
    Verb(
        "confirm",
        "confirm.run",
        "Let through the closings of a rule that are held since they are so many.",
        ("svar alerts confirm first-reply",),
        (_rule, _by),
    ),
    Verb(
        "silence",
        "quiet.silence",
        "Tell nobody of what fits, for a while; everything else goes on.",
        (
            'svar alerts silence --department Nursing --for "5 days" --reason "moving house"',
            'svar alerts silence --job J-17 --until 2026-12-01 --reason "position is on hold"',
        ),
        (_matching, _from, _until, _reason, _by),
    ),
    Verb(
        "silences",
        "quiet.listed",
        "List the silences and holds, those to come too.",
        ("svar alerts silences --all",),
        (_ended, _json),
    ),
    Verb(
        "unsilence",
        "quiet.unsilence",
        "End a silence now.",
        ("svar alerts unsilence 3",),
        (partial(_id, "svar alerts silences"), _by),
    ),
    Verb(
        "hold",
        "quiet.hold",
        "Stop telling anybody anything, now; polls and steps go on.",
        (
            'svar alerts hold --reason "the mail server is down"',
            'svar alerts hold --for "2 hours" --reason "the ATS is being upgraded"',
        ),
        (partial(_until, required=False), _reason, _by),
    ),
    Verb(
        "release",
        "quiet.release",
        "End a hold.",
        ("svar alerts release",),
        (_by,),
    ),
)
