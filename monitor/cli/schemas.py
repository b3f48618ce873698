"""`svar schemas`: writes the JSON Schemas of the YAML files."""

import argparse

from monitor import schemas
from monitor.cli import FINE


def run(options: argparse.Namespace) -> int:
    """Write the schemas and say where they are."""
    for path in schemas.write(options.folder):
        print(path)  # noqa: T201
    return FINE
