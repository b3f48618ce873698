"""The versions of the tables: how to reach this program's, and what to do where it is not."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_MIGRATIONS = Path(__file__).parent / "migrations"


def head() -> str | None:
    """Return the newest version that this program knows."""
    return _known().get_current_head()


def reached(connection: Connection) -> str | None:
    """Return the version that the tables are at, or None without tables."""
    return MigrationContext.configure(connection).get_current_revision()


def is_foreign(version: str | None) -> bool:
    """Tell a version that this program never heard of: a newer one made it."""
    known = {each.revision for each in _known().walk_revisions()}
    return version is not None and version not in known


def advice(version: str | None) -> str | None:
    """Return what is wrong with tables of this version, and what to do; None: nothing."""
    if is_foreign(version):
        return f"is of a newer Svar (version {version}); start that one"
    if version != head():
        return "is of another version; run `svar db upgrade`"
    return None


def migrate(connection: Connection) -> None:
    """Bring the tables to this program's version, within this transaction."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _known() -> ScriptDirectory:
    return ScriptDirectory(str(_MIGRATIONS))
