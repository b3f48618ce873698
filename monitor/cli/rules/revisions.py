"""Takes a folder of rules out of git's history, where OLD or NEW names one there."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from monitor import rules
from monitor.errors import ConfigError, Problem
from monitor.rules import House, Rulebook

_FILES = ("100644", "100755")  # not links, and no other repositories
_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two folders: which, as it was given, and where its files are."""

    name: str
    given: str
    folder: Path

    def read(self, house: House) -> Rulebook:
        """Return its rules; each problem says on which side it is."""
        try:
            return rules.read(self.folder, house)
        except ConfigError as error:
            raise ConfigError(
                [self._placed(each) for each in error.problems]
            ) from error

    def _placed(self, problem: Problem) -> Problem:
        file = Path(problem.file)
        if self.given != str(self.folder) and file.is_relative_to(self.folder):
            inner = file.relative_to(self.folder)
            shown = f"{self.given.rstrip('/')}/{inner}" if inner.parts else self.given
            problem = replace(problem, file=shown)
        return replace(problem, message=f"{problem.message} (in {self.name})")


@contextmanager
def opened(name: str, given: str) -> Iterator[Side]:
    """Give the folder that was named, be it REVISION:PATH; raise ConfigError."""
    if Path(given).exists():
        yield Side(name, given, Path(given))
        return
    revision, colon, path = given.partition(":")
    if not colon or not revision:
        raise _refused(name, given, "is no folder, and no REVISION:PATH of git")
    with tempfile.TemporaryDirectory(prefix="svar-rules-") as scratch:
        folder = Path(scratch).resolve()
        try:
            _take(revision, path, folder)
        except LookupError as error:
            raise _refused(name, given, str(error)) from error
        yield Side(name, given, folder)


def _refused(name: str, given: str, message: str) -> ConfigError:
    return ConfigError([Problem(given, 0, 0, name, message)])


def _take(revision: str, path: str, folder: Path) -> None:
    """Write the files below a path of a revision; raise LookupError with what is wrong."""
    _git("rev-parse", "--git-dir", wrong="this is not within a git repository")
    _git(
        *("rev-parse", "--verify", "--quiet", "--end-of-options"),
        f"{revision}^{{commit}}",
        wrong=f'git knows no revision "{revision}"',
    )
    listed = _git(
        *("ls-tree", "-r", "-z", "--full-tree"),
        f"{revision}:{path}",
        wrong=f'{revision} has no folder "{path}" (relative to the top of the repository)',
    )
    for entry in filter(None, listed.split(b"\0")):
        facts, _, name = entry.partition(b"\t")
        mode, _, blob = facts.decode().split()
        inner = PurePosixPath(name.decode("utf-8", "surrogateescape"))
        if mode in _FILES and inner.suffix in _SUFFIXES and ".." not in inner.parts:
            target = folder / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_git("cat-file", "blob", blob, wrong=f"{inner} is lost"))


def _git(*arguments: str, wrong: str) -> bytes:
    """Return what git prints; raise LookupError where it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no option can be given
            ("git", *arguments),  # noqa: S607 - the git that the admin uses
            capture_output=True,
            check=False,
        )
    except OSError as error:
        message = f"git cannot be started ({error.strerror}); name two folders"
        raise LookupError(message) from error
    if done.returncode:
        if b"safe.directory" in done.stderr:
            wrong = (
                "git does not trust this folder (see `git help config`, safe.directory)"
            )
        raise LookupError(wrong)
    return done.stdout
