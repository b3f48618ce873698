"""Finds one application in a source's poll, with what was said to its candidate."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from monitor import attribution
from monitor.attribution import Message
from monitor.evaluate import shared
from monitor.model import Application
from monitor.proof.evidence import Case

MOST_SIMILAR = 3


@dataclass(slots=True)
class Search:
    """Goes through a poll once, and keeps little of it.

    Sources that link mail to an address deliver an address's applications after one
    another; those are kept, since they decide what a mail is about.
    """

    application_id: str
    found: Application | None = None
    titles: dict[str, str | None] = field(default_factory=dict)
    _group: list[Application] = field(default_factory=list)

    def read(self, applications: Iterable[Application]) -> Application | None:
        """Return the application, if the poll has it."""
        for address, group in groupby(applications, lambda row: row.candidate_email):
            together: list[Application] = []
            for row in group:
                self.titles[row.application_id] = shared(row.job_title)
                if address is not None:
                    together.append(row)
                if self.found is None and row.application_id == self.application_id:
                    self.found, self._group = row, together if address else [row]
        return self.found

    def similar(self) -> list[str]:
        """Return ids that look like the one that was asked for."""
        return difflib.get_close_matches(
            self.application_id, self.titles, n=MOST_SIMILAR
        )

    def case(
        self, messages: Iterable[Message], *, name: str, columns: Iterable[str]
    ) -> Case:
        """Return the application that was found, with each message weighed."""
        if self.found is None:
            message = "nothing was found"
            raise ValueError(message)
        row, group = self.found, self._group
        said = [attribution.weigh(each, row, group) for each in messages]
        return Case(
            row=row,
            name=name,
            said=sorted(said, key=lambda each: each.message.sent_at),
            titles=self.titles,
            columns=frozenset(columns),
        )
