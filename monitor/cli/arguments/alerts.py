"""What `svar alerts ...` takes."""

import argparse

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


def add(commands: Commands) -> None:  # type: ignore[valid-type]
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
    _list(inner)
    _show(inner)
    _snooze(inner)
    _acknowledge(inner)
    _waive(inner)
    _confirm(inner)
    _silence(inner)
    _silences(inner)
    _unsilence(inner)
    _hold(inner)
    _release(inner)


def add_forget(commands: Commands) -> None:  # type: ignore[valid-type]
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
    made.add_argument("--json", action="store_true", help="one JSON object")
    configured(made)


def _reading(made: argparse.ArgumentParser, module: str) -> argparse.ArgumentParser:
    made.set_defaults(module=f"alerts.{module}")
    made.add_argument("--json", action="store_true", help="one JSON object")
    configured(made)
    return made


def _writing(
    made: argparse.ArgumentParser, module: str, call: str
) -> argparse.ArgumentParser:
    made.set_defaults(module=f"alerts.{module}", call=call)
    made.add_argument(
        "--by", type=_said, metavar="NAME", help="who does it (default: your login)"
    )
    configured(made)
    return made


def _list(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "list",
        "List the open alerts, those longest past due first.",
        "svar alerts list --rule first-reply --department Nursing",
        "svar alerts list --owner ingrid@ --json | jq '.alerts[].id'",
    )
    _reading(made, "list")
    _matching(made)
    made.add_argument(
        "--state",
        choices=(*STATES, *ENDS),
        metavar="STATE",
        help=f'{", ".join(STATES)}, or one such as "{ENDS[1]}"',
    )
    made.add_argument("--owner", metavar="TEXT", help="part of the owner's address")
    made.add_argument(
        "--quiet",
        action="store_true",
        help="only those of which nobody is told for now",
    )
    made.add_argument("--all", action="store_true", help="closed ones too")
    made.add_argument(
        "--limit", type=_count, default=50, help="how many (default: 50; 0: all)"
    )


def _show(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "show",
        "Show an alert, what happened to it, and who was told.",
        "svar alerts show 12",
    )
    made.add_argument(
        "id", type=int, metavar="ID", help="as `svar alerts list` says it"
    )
    _reading(made, "show")


def _snooze(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "snooze",
        "Put alerts off: nobody is told until then. Their steps go on.",
        'svar alerts snooze 12 --for "2 days" --reason "the manager is back on Monday"',
        'svar alerts snooze 12 13 --until 2026-11-26 --reason "interview on Wednesday"',
    )
    _ids(made)
    _until(made, required=True)
    _reason(made, required=True)
    _writing(made, "overlays", "snooze")


def _acknowledge(inner: Commands) -> None:  # type: ignore[valid-type]
    said = "Say that you are on it: quiet for as long as a snooze lasts, once."
    for name, text in {"acknowledge": said, "ack": "The same, in short."}.items():
        made = command(inner, name, text, f"svar alerts {name} 12 13")
        _ids(made)
        _reason(made, required=False)
        _writing(made, "overlays", "acknowledge")


def _waive(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "waive",
        "Close alerts since no reply is needed; they stay closed for this wait.",
        'svar alerts waive 12 --reason "a duplicate of application 8810"',
    )
    _ids(made)
    _reason(made, required=True)
    _writing(made, "overlays", "waive")


def _confirm(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "confirm",
        "Let through the closings of a rule that are held since they are so many.",
        "svar alerts confirm first-reply",
    )
    made.add_argument("rule", metavar="RULE", help="its id")
    made.add_argument("--source", help="only in this source")
    _writing(made, "confirm", "run")


def _silence(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "silence",
        "Tell nobody of what fits, for a while; everything else goes on.",
        'svar alerts silence --department Nursing --for "5 days" --reason "moving house"',
        'svar alerts silence --job J-17 --until 2026-12-01 --reason "position is on hold"',
    )
    _matching(made)
    made.add_argument("--from", dest="start", metavar="INSTANT", help="not before then")
    _until(made, required=True)
    _reason(made, required=True)
    _writing(made, "quiet", "silence")


def _silences(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "silences",
        "List the silences and holds, those to come too.",
        "svar alerts silences --all",
    )
    made.add_argument("--all", action="store_true", help="those that ended too")
    _reading(made, "quiet")
    made.set_defaults(call="listed")


def _unsilence(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(inner, "unsilence", "End a silence now.", "svar alerts unsilence 3")
    made.add_argument(
        "id", type=int, metavar="ID", help="as `svar alerts silences` says it"
    )
    _writing(made, "quiet", "unsilence")


def _hold(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(
        inner,
        "hold",
        "Stop telling anybody anything, now; polls and steps go on.",
        'svar alerts hold --reason "the mail server is down"',
        'svar alerts hold --for "2 hours" --reason "the ATS is being upgraded"',
    )
    _until(made, required=False)
    _reason(made, required=True)
    _writing(made, "quiet", "hold")


def _release(inner: Commands) -> None:  # type: ignore[valid-type]
    made = command(inner, "release", "End a hold.", "svar alerts release")
    _writing(made, "quiet", "release")


def _ids(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids", type=int, nargs="+", metavar="ID", help="as `svar alerts list` says it"
    )


def _matching(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", help="one recruiting database")
    parser.add_argument("--rule", help="one rule, by its id")
    parser.add_argument("--department", help="one department, in any case")
    parser.add_argument("--job", help="one job, by its title or its reference")


def _until(parser: argparse.ArgumentParser, *, required: bool) -> None:
    either = parser.add_mutually_exclusive_group(required=required)
    either.add_argument(
        "--until", metavar="DATE", help="the start of a day, or an instant"
    )
    either.add_argument(
        "--for", dest="lasting", metavar="DURATION", help='such as "2 working days"'
    )


def _reason(parser: argparse.ArgumentParser, *, required: bool) -> None:
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
