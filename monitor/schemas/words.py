"""What an editor says about a key, by the model that reads it."""

OWNERS = ("has_ball", "recruiter", "manager", "decided_by")
RECIPIENTS = ("owner", "recruiter", "manager", "decided_by", "#recruiting-leads")

_CALENDAR = {
    "timezone": "Such as Europe/Oslo.",
    "country": "Whose public holidays count: NO, SE, DK, FI, IS and every other.",
    "region": "A part of the country with holidays of its own.",
    "hours": "Per weekday 08:00-16:00, or a list of such ranges.",
    "closed": "Days off of your own, such as 2026-12-24.",
    "half_days": "Days that end early, and when: {2026-12-23: 12:00}.",
}

KEYS: dict[str, dict[str, str]] = {
    "RuleFile": {
        "rules": "The rules of this file.",
        "defaults": "Keys for every rule of this folder and of those below it.",
        "extends": "Profiles that are laid over all rules: strict, public-no, ontario.",
    },
    "ProfileFile": {
        "title": "What the profile is for.",
        "why": "Why somebody would want it.",
        "extends": "Other profiles that come first.",
        "changes": "By the id of a rule: the keys it changes.",
    },
    "RuleText": {
        "id": "Small letters, digits and -. Alerts hang on it: it stays as it is.",
        "title": "The promise in one sentence, or in one for each language.",
        "source": "Where the figure comes from.",
        "why": "Why candidates need it.",
        "enabled": "Whether the rule is on.",
        "when": "Which applications it is about; all of it has to hold.",
        "exempt": "Which of them are left out: those for which all of one map holds.",
        "clock": "What starts the wait and what ends it.",
        "target": (
            "The promise: 14 days, 10 working days, 336 hours or 80 working hours."
        ),
        "owner": "Who owes the next step; has_ball: whoever the candidate waits on.",
        "ladder": "Who is told when.",
        "severity": "How far up it stands among a person's lines.",
        "snooze": "How often and how long it may be put off; never: not at all.",
        "backlog": "What is later than this is counted, and nudges nobody.",
        "calendar": "A name from the settings' calendars, or a calendar.",
        "effective_from": "Waits that began earlier are left alone.",
        "legal": "Whether a law sets the deadline: then what is left of it is shown.",
        "message": "The line: {{ waited }}, since, due, late and promise are filled in.",
    },
    "ByLanguage": {
        "en": "English, which also stands where another language is left out.",
        "nb": "Norwegian, bokmål.",
        "sv": "Swedish.",
        "da": "Danish.",
    },
    "ClockText": {
        "starts": "A column, or {latest: [...]} or {earliest: [...]} of several.",
        "stops": "What ends the wait: the first of these at or after the start.",
        "pauses": "{waiting_on: candidate}: it stands while the candidate has the ball.",
        "not_before": "No step earlier than this after the start.",
        "due": "A column that holds the deadline itself, instead of a target.",
    },
    "Step": {
        "at": "target, 4 days before or 2 working days after.",
        "tell": "Roles, addresses and channels.",
        "repeat": "Tell again, until it is settled.",
        "now": "Do not wait for the day's digest; working hours still count.",
    },
    "Repeat": {
        "every": "How long between two times.",
        "at_most": "How many times more.",
    },
    "SnoozeText": {
        "longest": "For how long at most.",
        "at_most": "How often.",
    },
    "CalendarSettings": _CALENDAR,
    "Settings": {
        "sources": "The recruiting databases.",
        "rules": "The folder of rules, relative to this file.",
        "state": "Where Svar keeps its alerts and its outbox.",
        "calendar": "When people work: working days count, and messages wait for it.",
        "calendars": "More calendars by name, each over the main one.",
        "departments": "Which of the calendars a department works by.",
        "people": "Who stands behind a role, and who stands in.",
        "slack": "How to reach Slack; without a token, notices are printed.",
        "privacy": "How much of a candidate a message shows.",
        "metrics": "Where Prometheus finds the metrics.",
        "report": "Where the leads read once a week what the weeks came to.",
        "log": "How the daemon logs.",
        "language": "The language of the house: of channels, and of whom Slack does not know.",
    },
    "SourceSettings": {
        "name": "Used in metrics and logs: small letters, digits, - and _.",
        "url": "Or by SVAR_SOURCES__NAME__URL; a password does not belong in a file.",
        "mapping": "A folder of ats/: standard, opencats, odoo18 or your own.",
        "every": "How often it is read: 5 minutes.",
        "timezone": "The zone of times that the database stores without one.",
        "lookback": "Decided applications that are older are not read.",
        "evidence_lag": "How late a sent mail may show up in the database.",
        "statement_timeout": "How long a query may take.",
        "verify": (
            "Whether rows are read again before a notice goes out: of all notices, or "
            "of none. Left out: of those above a rule's first step."
        ),
        "job_url": "Where one can act on a whole job, with {job_ref} in it.",
    },
    "StateSettings": {
        "url": "SQLite, or PostgreSQL for several replicas.",
        "lease": "How long before another replica takes over from one that died.",
    },
    "PeopleSettings": {
        "roles": "More words for a ladder's tell: {hr_lead: kari@example.com}.",
        "deputies": "Who is told instead of somebody whom Slack does not know.",
        "fallback": "The channel of last resort; no names go there.",
        "admin": "Who hears of trouble with Svar itself; otherwise the fallback.",
        "zones": "Who lives by another clock than Slack says: {kari@example.com: UTC}.",
        "away": "Who is out of the office and when; the deputy is told instead.",
        "languages": "Who reads another language than Slack says: {kari@example.com: nb}.",
    },
    "SlackSettings": {
        "token": "Better by SVAR_SLACK__TOKEN or SVAR_SLACK__TOKEN_FILE.",
        "app_token": "For buttons, which do not exist yet: it does nothing.",
        "api_url": "Another address of the API.",
        "channels": 'Channels whose id Slack wants: {"#leads": C0123456789}.',
        "digest_at": "The hour of the one message per person and working day.",
    },
    "PrivacySettings": {"candidate": "initials, reference or name."},
    "MetricsSettings": {
        "listen": "host:port of /metrics, /healthz and /readyz.",
        "exemplars": "Whether a poll's duration names the poll, in OpenMetrics.",
        "departments": "How many are named at most; smaller ones are in other.",
        "goal": "The share of promises that you mean to keep, from 0 to 1.",
    },
    "ReportSettings": {
        "channel": "Where the week's report is posted; without one nowhere.",
        "on": "The weekday; where that is off, the next day that people work.",
        "at": "The hour from which on it is posted.",
        "weeks": "How many weeks it looks back.",
    },
    "LogSettings": {"format": "text or json.", "level": "How much is said."},
    "MappingFile": {
        "name": "What the settings call it.",
        "title": "What people call it.",
        "dialects": "The databases that its SQL is for.",
        "applications": "The file of the query for applications.",
        "messages": "The file of the query for messages, if there is one.",
        "explain": "The file of the query that `svar explain` asks, if there is one.",
        "timezone": "The zone of times without one, where the system has only one.",
        "stages": "By the name of a stage: how far along it is, and who has the ball.",
    },
    "Stage": {"phase": "How far along it is.", "ball": "Who has to move next."},
    "TrialFile": {
        "rules": "The rules that are on, and no others; else all that are on.",
        "profile": "A profile to lay over them.",
        "calendar": "When people work, in these tests.",
        "roles": "Who stands behind a role, in these tests.",
        "tests": "The tests of this file.",
    },
    "TrialText": {
        "name": "What the test shows, in a sentence.",
        "applications": "What the recruiting database holds.",
        "expect": "What is to be found, and when.",
    },
    "ExpectText": {
        "now": "As if it were then; local time, or with a zone.",
        "findings": "What runs late, all of it; none: nothing does.",
        "notices": "Who is told newly, all of it; none: nobody is.",
    },
}
