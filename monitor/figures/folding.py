"""Which groups are named: small ones would point at people, too many at nobody."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Self

from monitor.figures.nouns import LEAST, NONE, OTHER

Key = tuple[Any, ...]  # the department comes first


def name(department: str | None) -> str:
    """Return what a department is called before any is folded."""
    return (department or "").strip() or NONE


def fold(sizes: Mapping[str, int], most: int | None = None) -> dict[str, str]:
    """Return for each group the one that it is counted in: itself, or OTHER.

    Named are those of five and more, at most `most` of them, the largest. Where OTHER
    would hold too few to hide among, the smallest of the named join them.
    """
    largest = sorted(sizes, key=lambda each: (-sizes[each], each))
    named = [each for each in largest if sizes[each] >= LEAST and each != OTHER][:most]
    others = sum(sizes.values()) - sum(sizes[each] for each in named)
    while named and 0 < others < LEAST:
        others += sizes[named.pop()]
    return {each: each if each in named else OTHER for each in sizes}


class Fold:
    """Puts what was counted by the source's departments under those that are named."""

    def __init__(self, into: Mapping[str | None, str]) -> None:
        self._into = into

    @classmethod
    def of(cls, sizes: Mapping[str | None, int], most: int) -> Self:
        """Return the fold for departments of these sizes."""
        by_name: Counter[str] = Counter()
        for department, size in sizes.items():
            by_name[name(department)] += size
        named = fold(by_name, most)
        return cls({department: named[name(department)] for department in sizes})

    def counted(self, counts: Mapping[Key, int]) -> Counter[Any]:
        """Return the counts by the departments that are named."""
        found: Counter[Any] = Counter()
        for (department, *rest), count in counts.items():
            found[self._into[department], *rest] += count
        return found

    def summed(self, sums: Mapping[Key, float]) -> dict[Any, float]:
        """Return the sums by the departments that are named."""
        found: defaultdict[Any, float] = defaultdict(float)
        for (department, *rest), each in sums.items():
            found[self._into[department], *rest] += each
        return dict(found)
