"""The languages that Svar speaks, and which of them a person's locale asks for."""

import re
from enum import StrEnum


class Language(StrEnum):
    """A language in which everything that Svar says was written."""

    EN = "en"
    NB = "nb"
    SV = "sv"
    DA = "da"


_SPOKEN = {str(each): each for each in Language}
_SPOKEN |= {"no": Language.NB, "nn": Language.NB}  # who writes nynorsk reads bokmål


def of_locale(locale: str | None) -> Language | None:
    """Return the language of a locale such as "nb-NO", or None for any other one."""
    return _SPOKEN.get(re.split("[-_.]", locale or "")[0].lower())
