"""The demo's folder: a database, the rules and a configuration that works."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from monitor import shipped
from monitor.demo import ats
from monitor.errors import MonitorError

DATABASE = "recruiting.db"
NOTHING: Mapping[str, Mapping[str, str]] = {}
SETTINGS = """\
# yaml-language-server: $schema=schemas/settings.schema.json
# Written by `svar demo --keep`. The database is real and the people are not.
# config/svar.yaml of the project shows every setting, with comments.
sources:
  - name: demo
    url: sqlite:///{folder}/recruiting.db
    mapping: standard
    every: 1 minute
    timezone: UTC
rules: ../rules
state:
  url: sqlite:///{folder}/svar.db
calendar:
  timezone: Europe/Oslo
  country: NO
people:
  fallback: "#recruiting-ops"
{people}
metrics:
  listen: {listen}
log:
  level: {level}
"""


def build(
    folder: Path,
    *,
    listen: str,
    level: str = "info",
    people: Mapping[str, Mapping[str, str]] = NOTHING,
) -> Path:
    """Make the demo's folder and return its settings file; raise MonitorError.

    `people`: what the settings say of them, beside where to turn when nobody is there.
    """
    folder = folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            message = f"{folder} is not empty; name a new folder"
            raise MonitorError(message)
        ats.create(folder / DATABASE)
        shutil.copytree(shipped.folder() / "rules", folder / "rules")
        settings = folder / "config" / "svar.yaml"
        # The rules' first lines point there, for editors.
        schemas = Path("config", "schemas")
        shutil.copytree(shipped.folder() / schemas, folder / schemas)
        lines = [f"  {key}: {json.dumps(people[key])}" for key in people]
        text = SETTINGS.format(
            folder=folder, listen=listen, level=level, people="\n".join(lines)
        )
        settings.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}"
        raise MonitorError(message) from error
    return settings
