-- The standard schema for SQLite (3.31 or newer).
--
-- Instants are UTC, as text: 'YYYY-MM-DD HH:MM:SS'. The checks refuse any other
-- spelling, because text in two spellings does not sort by time.
-- Identifiers are text, so that an export keeps the numbers or UUIDs of its origin.

CREATE TABLE people (
    id    TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,             -- how Svar finds the person in Slack
    name  TEXT NOT NULL,
    role  TEXT NOT NULL CHECK (role IN ('recruiter', 'manager', 'hr_lead', 'other'))
);

CREATE TABLE jobs (
    id           TEXT PRIMARY KEY NOT NULL,
    title        TEXT NOT NULL,
    department   TEXT,
    country      TEXT,                      -- two letters, ISO 3166: NO, SE, DK
    recruiter_id TEXT REFERENCES people (id),
    manager_id   TEXT REFERENCES people (id),
    opened_at    TEXT CHECK (opened_at IS datetime(opened_at)),
    deadline_at  TEXT CHECK (deadline_at IS datetime(deadline_at)),  -- as in the ad
    closed_at    TEXT CHECK (closed_at IS datetime(closed_at)),
    -- What is said from here on tells those left over that the job is closed.
    letters_from TEXT GENERATED ALWAYS AS (datetime(closed_at, '-2 minutes')) STORED,
    calls_from   TEXT GENERATED ALWAYS AS (datetime(closed_at, '-1 hour')) STORED,
    status       TEXT NOT NULL CHECK (status IN ('open', 'paused', 'filled', 'cancelled')),
    CHECK ((status IN ('filled', 'cancelled')) = (closed_at IS NOT NULL))
);

CREATE TABLE candidates (
    id    TEXT PRIMARY KEY NOT NULL,
    name  TEXT,
    email TEXT
);

CREATE TABLE applications (
    id               TEXT PRIMARY KEY NOT NULL,
    candidate_id     TEXT NOT NULL REFERENCES candidates (id),
    job_id           TEXT NOT NULL REFERENCES jobs (id),
    url              TEXT,                  -- its page in your own system
    applied_at       TEXT NOT NULL CHECK (applied_at IS datetime(applied_at)),
    -- An automatic message sent up to here is a receipt; a later one is a reply.
    receipt_until    TEXT GENERATED ALWAYS AS (datetime(applied_at, '+1 hour')) STORED,
    status           TEXT NOT NULL
        CHECK (status IN ('open', 'on_hold', 'rejected', 'hired', 'withdrawn')),
    stage            TEXT,                  -- a name listed in mapping.yaml
    stage_entered_at TEXT CHECK (stage_entered_at IS datetime(stage_entered_at)),
    waiting_on       TEXT
        CHECK (waiting_on IN ('recruiter', 'manager', 'candidate', 'nobody')),
    waiting_since    TEXT CHECK (waiting_since IS datetime(waiting_since)),
    internal         INTEGER CHECK (internal IN (0, 1)),     -- works here already
    knocked_out      INTEGER CHECK (knocked_out IN (0, 1)),  -- lacks a stated requirement
    screened_out_at  TEXT CHECK (screened_out_at IS datetime(screened_out_at)),
    assessed_at      TEXT CHECK (assessed_at IS datetime(assessed_at)),
    shared_at        TEXT CHECK (shared_at IS datetime(shared_at)),  -- to the manager
    interviewed_at   TEXT CHECK (interviewed_at IS datetime(interviewed_at)),
    next_interview_at TEXT CHECK (next_interview_at IS datetime(next_interview_at)),
    feedback_at      TEXT CHECK (feedback_at IS datetime(feedback_at)),
    decided_at       TEXT CHECK (decided_at IS datetime(decided_at)),
    decided_by_id    TEXT REFERENCES people (id),
    decision         TEXT,
    decision_reason  TEXT,
    feedback_requested_at TEXT
        CHECK (feedback_requested_at IS datetime(feedback_requested_at)),
    promised_at      TEXT CHECK (promised_at IS datetime(promised_at)),  -- "you hear by"
    survey_at        TEXT CHECK (survey_at IS datetime(survey_at)),
    survey_score     INTEGER CHECK (survey_score BETWEEN 0 AND 10),
    -- Who writes or calls first presses the button afterwards: what is said from here
    -- on tells the decision.
    letters_from     TEXT GENERATED ALWAYS AS (datetime(decided_at, '-2 minutes')) STORED,
    calls_from       TEXT GENERATED ALWAYS AS (datetime(decided_at, '-1 hour')) STORED,
    updated_at       TEXT NOT NULL CHECK (updated_at IS datetime(updated_at)),
    CHECK (status NOT IN ('rejected', 'hired') OR decided_at IS NOT NULL)
);

CREATE TABLE messages (
    id             TEXT PRIMARY KEY NOT NULL,
    application_id TEXT NOT NULL REFERENCES applications (id),
    sent_at        TEXT NOT NULL CHECK (sent_at IS datetime(sent_at)),
    direction      TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    -- human: a person wrote or called; status: a letter that somebody released;
    -- auto: sent by a machine alone; note and draft never reached the candidate.
    -- attempt: a call that reached nobody.
    kind           TEXT NOT NULL
        CHECK (kind IN ('human', 'status', 'auto', 'note', 'draft', 'attempt')),
    channel        TEXT NOT NULL CHECK (channel IN ('email', 'phone', 'portal', 'sms')),
    subject        TEXT,                    -- for people; Svar does not read it
    CHECK (kind <> 'attempt' OR (direction = 'out' AND channel = 'phone'))
);

-- The candidate's turns that are over: a test that was sent and taken, times that were
-- offered and chosen. The turn that goes on is the application's own `waiting_on`.
CREATE TABLE candidate_turns (
    application_id TEXT NOT NULL REFERENCES applications (id),
    starts_at      TEXT NOT NULL CHECK (starts_at IS datetime(starts_at)),
    ends_at        TEXT NOT NULL CHECK (ends_at IS datetime(ends_at)),
    PRIMARY KEY (application_id, starts_at),
    CHECK (ends_at >= starts_at)
) WITHOUT ROWID;

-- What the query reads of them. It stands here because SQLite and PostgreSQL share no
-- function that joins texts, and the query is one for both.
CREATE VIEW pauses AS
SELECT application_id, group_concat(starts_at || '/' || ends_at, ', ') AS paused
FROM candidate_turns
GROUP BY application_id;

-- All that the query asks of a message, so that it never opens the table itself.
CREATE INDEX messages_by_application
    ON messages (application_id, sent_at, direction, kind, channel);
-- For counting the applicants of a job.
CREATE INDEX applications_by_job ON applications (job_id);
