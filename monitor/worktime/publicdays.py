"""Public holidays of a country and region, from the `holidays` package."""

from datetime import date
from difflib import get_close_matches

from holidays import country_holidays
from holidays.registry import COUNTRIES

_CODE_LENGTH = 3


class PublicDays:
    """The public holidays of one country, or of one region of it.

    Raise ValueError, with the nearest valid code, for an unknown country or region.
    """

    def __init__(self, country: str, region: str | None = None) -> None:
        if country not in _codes():
            raise ValueError(_unknown_country(country))
        try:
            data = country_holidays(country, subdiv=region)
        except NotImplementedError as error:
            raise ValueError(_unknown_region(country, region or "")) from error
        self.until_year = data.end_year
        # Left open, the language of the names would follow the machine's LANG.
        self._language = data.default_language
        self._country = country
        self._region = region
        self._years: dict[int, dict[date, str]] = {}

    def name(self, day: date) -> str | None:
        """Return what is celebrated that day, in the country's own language."""
        names = self._years.get(day.year)
        if names is None:
            names = self._years[day.year] = self._read(day.year)
        return names.get(day)

    def _read(self, year: int) -> dict[date, str]:
        # One object per year: a shared one fills itself while other threads read it.
        return dict(
            country_holidays(
                self._country,
                subdiv=self._region,
                years=year,
                expand=False,
                language=self._language,
            )
        )


def _codes() -> dict[str, str]:
    """Return each accepted code with the two letters that we suggest for it."""
    return {
        code: codes[0]
        for _, *codes in COUNTRIES.values()
        for code in codes
        if len(code) <= _CODE_LENGTH
    }


def _unknown_country(country: str) -> str:
    known = {code.lower(): short for code, short in _codes().items()}
    known |= {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items()}
    near = get_close_matches(country.strip().lower(), known, n=1, cutoff=0.75)
    advice = f'try "{known[near[0]]}"' if near else 'write two letters, such as "SE"'
    return f'"{country}" is not a country with known holidays ({advice})'


def _unknown_region(country: str, region: str) -> str:
    data = country_holidays(country)
    aliases: dict[str, str] = getattr(data, "subdivisions_aliases", {})
    if not data.subdivisions:
        return f'"{region}" is not a region: {country} has no regional holidays'
    known = {code.lower(): code for code in data.subdivisions}
    known |= {name.lower(): code for name, code in aliases.items()}
    near = get_close_matches(region.strip().lower(), known, n=1, cutoff=0.7)
    advice = (
        f'try "{known[near[0]]}"'
        if near
        else f"it has {', '.join(sorted(data.subdivisions))}"
    )
    return f'"{region}" is not a region of {country} ({advice})'
