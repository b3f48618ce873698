"""A person's locale says which of four languages they read."""

import pytest

from monitor import language
from monitor.language import Language


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [
        ("nb-NO", Language.NB),
        ("no-NO", Language.NB),
        ("nn-NO", Language.NB),
        ("NB_no", Language.NB),
        ("nb_NO.UTF-8", Language.NB),
        ("sv-SE", Language.SV),
        ("sv-FI", Language.SV),
        ("da-DK", Language.DA),
        ("en-GB", Language.EN),
        ("en-US", Language.EN),
        ("en", Language.EN),
        ("fi-FI", None),
        ("english", None),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_a_locale_asks_for_the_language_nearest_to_it(
    locale: str | None, spoken: Language | None
) -> None:
    assert language.of_locale(locale) is spoken


def test_a_language_is_written_by_its_code() -> None:
    assert [str(each) for each in Language] == ["en", "nb", "sv", "da"]
