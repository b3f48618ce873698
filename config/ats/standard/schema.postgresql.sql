-- The standard schema for PostgreSQL (12 or newer).
--
-- Identifiers are text, so that an export keeps the numbers or UUIDs of its origin.

CREATE TABLE people (
    id    text PRIMARY KEY,
    email text NOT NULL UNIQUE,             -- how Svar finds the person in Slack
    name  text NOT NULL,
    role  text NOT NULL CHECK (role IN ('recruiter', 'manager', 'hr_lead', 'other'))
);

CREATE TABLE jobs (
    id           text PRIMARY KEY,
    title        text NOT NULL,
    department   text,
    country      text,                      -- two letters, ISO 3166: NO, SE, DK
    recruiter_id text REFERENCES people (id),
    manager_id   text REFERENCES people (id),
    opened_at    timestamptz,
    deadline_at  timestamptz,               -- as in the ad
    closed_at    timestamptz,
    -- What is said from here on tells those left over that the job is closed.
    letters_from timestamptz GENERATED ALWAYS AS (
        (closed_at AT TIME ZONE 'UTC' - interval '2 minutes') AT TIME ZONE 'UTC'
    ) STORED,
    calls_from   timestamptz GENERATED ALWAYS AS (
        (closed_at AT TIME ZONE 'UTC' - interval '1 hour') AT TIME ZONE 'UTC'
    ) STORED,
    status       text NOT NULL CHECK (status IN ('open', 'paused', 'filled', 'cancelled')),
    CHECK ((status IN ('filled', 'cancelled')) = (closed_at IS NOT NULL))
);

CREATE TABLE candidates (
    id    text PRIMARY KEY,
    name  text,
    email text
);

CREATE TABLE applications (
    id               text PRIMARY KEY,
    candidate_id     text NOT NULL REFERENCES candidates (id),
    job_id           text NOT NULL REFERENCES jobs (id),
    url              text,                  -- its page in your own system
    applied_at       timestamptz NOT NULL,
    -- An automatic message sent up to here is a receipt; a later one is a reply.
    -- The detour over UTC makes the sum independent of the session's zone.
    receipt_until    timestamptz GENERATED ALWAYS AS (
        (applied_at AT TIME ZONE 'UTC' + interval '1 hour') AT TIME ZONE 'UTC'
    ) STORED,
    status           text NOT NULL
        CHECK (status IN ('open', 'on_hold', 'rejected', 'hired', 'withdrawn')),
    stage            text,                  -- a name listed in mapping.yaml
    stage_entered_at timestamptz,
    waiting_on       text
        CHECK (waiting_on IN ('recruiter', 'manager', 'candidate', 'nobody')),
    waiting_since    timestamptz,
    internal         boolean,               -- works here already
    knocked_out      boolean,               -- lacks a stated requirement
    screened_out_at  timestamptz,
    assessed_at      timestamptz,
    shared_at        timestamptz,           -- to the manager
    interviewed_at   timestamptz,
    next_interview_at timestamptz,
    feedback_at      timestamptz,
    decided_at       timestamptz,
    decided_by_id    text REFERENCES people (id),
    decision         text,
    decision_reason  text,
    feedback_requested_at timestamptz,
    promised_at      timestamptz,           -- "you hear by"
    survey_at        timestamptz,
    survey_score     integer CHECK (survey_score BETWEEN 0 AND 10),
    -- Who writes or calls first presses the button afterwards: what is said from here
    -- on tells the decision.
    letters_from     timestamptz GENERATED ALWAYS AS (
        (decided_at AT TIME ZONE 'UTC' - interval '2 minutes') AT TIME ZONE 'UTC'
    ) STORED,
    calls_from       timestamptz GENERATED ALWAYS AS (
        (decided_at AT TIME ZONE 'UTC' - interval '1 hour') AT TIME ZONE 'UTC'
    ) STORED,
    updated_at       timestamptz NOT NULL,
    CHECK (status NOT IN ('rejected', 'hired') OR decided_at IS NOT NULL)
);

CREATE TABLE messages (
    id             text PRIMARY KEY,
    application_id text NOT NULL REFERENCES applications (id),
    sent_at        timestamptz NOT NULL,
    direction      text NOT NULL CHECK (direction IN ('in', 'out')),
    -- human: a person wrote or called; status: a letter that somebody released;
    -- auto: sent by a machine alone; note and draft never reached the candidate.
    -- attempt: a call that reached nobody.
    kind           text NOT NULL
        CHECK (kind IN ('human', 'status', 'auto', 'note', 'draft', 'attempt')),
    channel        text NOT NULL CHECK (channel IN ('email', 'phone', 'portal', 'sms')),
    subject        text,                    -- for people; Svar does not read it
    CHECK (kind <> 'attempt' OR (direction = 'out' AND channel = 'phone'))
);

-- The candidate's turns that are over: a test that was sent and taken, times that were
-- offered and chosen. The turn that goes on is the application's own `waiting_on`.
CREATE TABLE candidate_turns (
    application_id text NOT NULL REFERENCES applications (id),
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    PRIMARY KEY (application_id, starts_at),
    CHECK (ends_at >= starts_at)
);

-- What the query reads of them. It stands here because SQLite and PostgreSQL share no
-- function that joins texts, and the query is one for both.
CREATE VIEW pauses AS
SELECT
    application_id,
    string_agg(starts_at::text || '/' || ends_at::text, ', ' ORDER BY starts_at) AS paused
FROM candidate_turns
GROUP BY application_id;

-- All that the query asks of a message, so that it never opens the table itself.
CREATE INDEX messages_by_application
    ON messages (application_id, sent_at, direction, kind, channel);
-- For counting the applicants of a job.
CREATE INDEX applications_by_job ON applications (job_id);
