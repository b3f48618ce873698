"""Where the rules and the configuration that come with Svar lie on this disk."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder() -> Path:
    """Return the folder that holds `rules/` and `config/`: installed, or a checkout."""
    installed = PACKAGE / "shipped"
    return installed if installed.is_dir() else PACKAGE.parent
