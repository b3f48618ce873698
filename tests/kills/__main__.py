"""Kill the real daemon again and again, at every step of its delivery.

    python -m tests.kills --kills 500 --state sqlite|postgresql [--seed N]

`svar run` talks to a fake Slack over HTTP and is killed with SIGKILL: when a request
has arrived and took no effect, when it took effect and got no answer, right after the
answer, between calls, and by the clock; then it is started again over the same state.
Exit code 1 if a message was lost or doubled.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests import servers
from tests.fakes import Moment
from tests.kills import trial
from tests.kills.reaper import BETWEEN, BY_THE_CLOCK, METHODS
from tests.kills.trial import Result

MOST_SHOWN = 20


def main() -> int:
    """Run one trial and print what it came to."""
    parser = argparse.ArgumentParser(description="Kills of the real daemon.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--state", choices=tuple(STATES), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="svar-kills-") as name,
        STATES[options.state](Path(name)) as state,
    ):
        folder = Path(name) / "firm"
        result = trial.run(options.kills, folder, state, seed=options.seed)
    sys.stdout.write(f"{options.state}, seed {options.seed}: {report(result)}\n")
    return 0 if result.is_clean else 1


def report(result: Result) -> str:
    """Return what a trial came to, in lines."""
    kills, audit = result.kills, result.audit
    lines = [
        f"{kills.total()} kills in {result.seconds:.0f} s",
        f"  {'killed at':<24}" + "".join(f"{each:>10}" for each in Moment),
    ]
    for method in METHODS:
        counts = (kills[method, moment] for moment in Moment)
        lines.append(f"  {method:<24}" + "".join(f"{count:>10}" for count in counts))
    lines += [f"  {each:<24}{kills[each, '']:>10}" for each in (BETWEEN, BY_THE_CLOCK)]
    told = f"{result.messages} messages, {result.edits} edits"
    lines.append(f"  {result.lives} lives, {result.recruiters} recruiters, {told}")
    wrong = {
        "lost": audit.lost,
        "doubled": audit.doubled,
        "not settled": audit.unsettled,
        "complaints": result.complaints,
    }
    lines.append(
        "  " + ", ".join(f"{len(each)} {name}" for name, each in wrong.items())
    )
    for found in wrong.values():
        lines += [f"    {each}" for each in found[:MOST_SHOWN]]
    return "\n".join(lines)


STATES = servers.STATES

if __name__ == "__main__":
    sys.exit(main())
