"""The colours of the page, and how well one stands out from another (WCAG 2.2)."""

import re
from importlib.resources import files

AA = 4.5  # for text of any size, success criterion 1.4.3
THEMES = ("light", "dark")
_TOKEN = re.compile(r"--(\w+): (#[0-9a-f]{6});")


def tokens(theme: str) -> dict[str, str]:
    """Return the named colours of a theme."""
    style = (files("monitor.page") / "templates" / "page.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return dict(_TOKEN.findall(light if theme == "light" else dark))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
