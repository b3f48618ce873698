"""What a source is called on paper."""

from monitor.configuration import Configuration


def title(loaded: Configuration, source: str) -> str:
    """Return the mapping's title; with the source's name where there are several."""
    found = loaded.mappings[source].file.title
    return found if len(loaded.settings.sources) == 1 else f"{found} ({source})"
