"""What the demo's people and jobs are called; all of them are invented."""

import random
import unicodedata
from dataclasses import dataclass

EMPLOYER = "Skogvinge"

# First and last names by country, drawn apart. Icelandic last names follow the sex.
_NAMES = (
    (
        "Astrid Eirik Guro Håkon Ingvild Jørgen Liv Magnus Ragnhild Sindre Tuva Ørjan",
        "Aasen Bakke Dahlby Engeset Fossum Grønli Haugland Lunde Myhre Solbakken Tveit Øyen",
    ),
    (
        "Alva Björn Ebba Fredrik Göran Hedda Isak Linnéa Måns Sixten Tove Åsa",
        "Alm Bergvall Dahlqvist Ekholm Forsell Granath Hedlund Lövgren Nyström Sandell Wik Åkesson",
    ),
    (
        "Anders Birgitte Esben Freja Grete Jeppe Kirsten Laust Mette Rasmus Signe Søren",
        "Bak Dalgaard Enevoldsen Friis Gravesen Højlund Kjærgaard Lykke Mørch Nygaard Ravn Skov",
    ),
    (
        "Aino Eero Helmi Ilmari Kaisa Lauri Maija Onni Päivi Satu Tapio Väinö",
        "Aaltonen Harju Järvelä Kallio Koskela Lehtinen Mäkelä Niemi Rantala Salmi Tuominen Ylönen",
    ),
    (
        "Ásdís Birna Elín Hildur Katrín Sigrún Unnur Þóra",
        "Árnadóttir Bjarnadóttir Einarsdóttir Gísladóttir Jónsdóttir Pálsdóttir",
    ),
    (
        "Baldur Egill Gunnar Hallur Kári Sindri Ragnar Þorri",
        "Árnason Bjarnason Einarsson Gíslason Jónsson Pálsson",
    ),
)

# Names that careless software breaks; every season has both.
AWKWARD = ("Niamh O'Dunlaith", "Karl-Johan Lindeberg-Aalto")


@dataclass(frozen=True, slots=True)
class Opening:
    """A job as the demo's employer would advertise it."""

    title: str
    department: str
    country: str


OPENINGS = (
    Opening("Backend developer, Oslo", "IT", "NO"),
    Opening("Nurse, nights, Bergen", "Care", "NO"),
    Opening("Wind turbine technician, Esbjerg", "Service", "DK"),
    Opening("Key account manager, Malmö", "Sales", "SE"),
    Opening("Payroll specialist, Stockholm", "Finance", "SE"),
    Opening("Fish health biologist, Tromsø", "Aquaculture", "NO"),
    Opening("Geothermal engineer, Reykjavík", "Engineering", "IS"),
    Opening("Ferry deck officer, Turku", "Shipping", "FI"),
    Opening("Forestry planner, Umeå", "Forestry", "SE"),
)

_PLAIN = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "þ": "th", "ð": "d", " ": ".", "'": ""}
)


def draw(rng: random.Random) -> str:
    """Return a Nordic first and last name that go together."""
    first, last = rng.choice(_NAMES)
    return f"{rng.choice(first.split())} {rng.choice(last.split())}"


def address(name: str, domain: str) -> str:
    """Return the e-mail address that goes with a name, in plain letters."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return f"{plain.encode('ascii', 'ignore').decode()}@{domain}"
