"""Does several things at once that may take too long, and goes on without the slow."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Errands(Generic[T]):
    """Runs errands by name beside one another; what hangs is not begun a second time."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self._hanging: dict[str, Future[T]] = {}

    def run(self, errands: Mapping[str, Callable[[], T]]) -> dict[str, Future[T]]:
        """Return those that ended within our patience, for all of them together."""
        begun = {
            name: _begin(name, errand)
            for name, errand in errands.items()
            if name not in self._hanging or self._hanging[name].done()
        }
        wait(begun.values(), timeout=self.patience)
        ended = {name: each for name, each in begun.items() if each.done()}
        self._hanging |= begun
        self._hanging = {
            name: each for name, each in self._hanging.items() if name not in ended
        }
        return ended


def _begin(name: str, errand: Callable[[], T]) -> Future[T]:
    """Run an errand in a thread that keeps no process from ending."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(errand())
        except BaseException as error:  # noqa: BLE001 - raised to who asks for it
            future.set_exception(error)

    Thread(target=run, name=name, daemon=True).start()
    return future
