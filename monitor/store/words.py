"""What the state calls what became of polls, of notices and of posts; metrics too."""

from enum import StrEnum


class RunOutcome(StrEnum):
    """What came of a poll."""

    OK = "ok"
    FAILED = "failed"
    EMPTY = "empty"


class NoticeStatus(StrEnum):
    """What became of a notice."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    OBSOLETE = "obsolete"


class PostKind(StrEnum):
    """What a post is; a person has one digest a day."""

    DIGEST = "digest"
    NOW = "now"
    FALLBACK = "fallback"
    ADMIN = "admin"
    REPORT = "report"


class PostStatus(StrEnum):
    """What became of a post."""

    CLAIMED = "claimed"
    SENT = "sent"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    FAILED = "failed"
    OBSOLETE = "obsolete"
