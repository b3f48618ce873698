"""Structured logs, as text or as JSON; no candidate and no secret is ever in them."""

import json
import logging
from datetime import UTC, datetime

_OURS = "fields"
_SILENT = ("apscheduler.executors", "slack_sdk")  # repeat what we say ourselves


class TextFormatter(logging.Formatter):
    """One readable line: time, level, message, then key=value."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = getattr(record, _OURS, {})
        rest = " ".join(f"{key}={value}" for key, value in fields.items())
        line = f"{_at(record)} {record.levelname.lower():<7} {record.getMessage()}"
        text = f"{line}  {rest}" if rest else line
        return (
            f"{text}\n{self.formatException(record.exc_info)}"
            if record.exc_info
            else text
        )


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, _OURS, {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def set_up(style: str, level: str) -> logging.Logger:
    """Send the log to standard error in this style; return Svar's logger."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logger = logging.getLogger("svar")
    logger.setLevel(level.upper())
    return logger


def fields(**values: object) -> dict[str, dict[str, object]]:
    """Return the extra of a log call: `log.info("...", extra=fields(source="ats"))`."""
    return {_OURS: values}


def _at(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
