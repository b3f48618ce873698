"""Write the dashboards as TypeScript, for the compiler to hold against Grafana's types.

python -m tests.dashboards > dashboards.ts
"""

import json
import sys
from copy import deepcopy

from tests.dashboards import boards
from tests.dashboards.boards import Json


def main() -> None:
    """Print one constant for each dashboard, and one for each mistake."""
    shipped = boards.all_of_them()
    lines = ['import type { Board } from "./grafana";']
    lines += [constant(board.name, board.raw) for board in shipped]
    for number, (what, wrong) in enumerate(mistakes(shipped[0].raw).items()):
        lines += [f"// @ts-expect-error {what}", constant(f"wrong_{number}", wrong)]
    sys.stdout.write("\n".join(lines) + "\n")


def constant(name: str, raw: Json) -> str:
    """Return a dashboard on one line."""
    return f"export const {name}: Board = {json.dumps(raw)};"


def mistakes(good: Json) -> dict[str, Json]:
    """Return what has to be refused, so that a check that checks nothing is noticed."""
    colour, key, kind = deepcopy(good), deepcopy(good), deepcopy(good)
    colour["panels"][0]["options"]["colorMode"] = "pink"
    key["panels"][0]["options"]["graph"] = "none"
    kind["panels"][0]["type"] = "speedometer"
    return {
        "a mode that no panel has": colour,
        "an option that no panel has": key,
        "a panel that we do not use": kind,
    }


if __name__ == "__main__":
    main()
