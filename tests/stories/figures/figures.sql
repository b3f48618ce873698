-- The figures of the demo, said once more in plain SQL, for SQLite. `seen` has what the
-- mapping's query returns and `moment` the instant of the poll; both stand as texts of
-- UTC. Each statement behind a line "-- figure: name" is one figure.

CREATE TEMP VIEW person AS
SELECT
    s.*,
    m.now,
    CASE stage
        WHEN 'Applied' THEN 'applied'
        WHEN 'Screening' THEN 'screening'
        WHEN 'Manager review' THEN 'screening'
        WHEN 'Assessment' THEN 'assessment'
        WHEN 'Interview' THEN 'interview'
        WHEN 'Offer' THEN 'offer'
        ELSE 'unknown'
    END AS phase,
    COALESCE(waiting_on, CASE stage
        WHEN 'Applied' THEN 'recruiter'
        WHEN 'Screening' THEN 'recruiter'
        WHEN 'Manager review' THEN 'manager'
        WHEN 'Assessment' THEN 'candidate'
        WHEN 'Interview' THEN 'manager'
        WHEN 'Offer' THEN 'candidate'
    END, 'unknown') AS ball,
    COALESCE(waiting_since, stage_entered_at) AS turn_at,
    -- The call, or the letter after two calls in vain, for whom we have met.
    CASE
        WHEN interviewed_at IS NULL THEN told_at
        WHEN told_by = 'phone' THEN told_at
        WHEN unreached_at >= datetime(COALESCE(decided_at, job_closed_at), '-1 hours')
            AND last_written_at >= unreached_at
            AND (called_at IS NULL OR last_written_at < called_at) THEN last_written_at
        WHEN called_at >= datetime(COALESCE(decided_at, job_closed_at), '-1 hours')
            THEN MAX(called_at, COALESCE(decided_at, called_at))
    END AS reached_at,
    (SELECT MIN(at) FROM (
        SELECT s.first_reply_at AS at
        UNION ALL SELECT s.told_at
        UNION ALL SELECT s.called_at
    ) WHERE at >= s.applied_at) AS answered_at
FROM seen AS s, moment AS m;

CREATE TEMP VIEW waiter AS
SELECT
    *,
    CASE
        WHEN is_open THEN ball
        ELSE 'recruiter'
    END AS holder,
    CASE WHEN is_open THEN turn_at ELSE COALESCE(decided_at, turn_at) END AS since
FROM (
    SELECT
        *,
        status IN ('open', 'on_hold') AND decided_at IS NULL AND told_at IS NULL
            AS is_open,
        MAX(applied_at, COALESCE(last_reply_at, applied_at)) AS heard_at
    FROM person
    WHERE status NOT IN ('hired', 'withdrawn')
      AND (told_at IS NULL OR (interviewed_at IS NOT NULL AND reached_at IS NULL))
);

-- When the working days of this autumn are: Monday to Friday, without a holiday.
CREATE TEMP TABLE workday AS
WITH RECURSIVE day (on_day) AS (
    SELECT '2026-08-31'
    UNION ALL
    SELECT date(on_day, '+1 days') FROM day WHERE on_day < '2027-01-20'
)
SELECT on_day, ROW_NUMBER() OVER (ORDER BY on_day) AS number
FROM day
WHERE strftime('%w', on_day) NOT IN ('0', '6');

-- Each clock that a promise is about, with when it was stopped and when it was due.
-- Oslo is two hours ahead up to the last Sunday of October, and one hour after it.
CREATE TEMP VIEW clock AS
WITH began AS (
    SELECT 'first-reply' AS rule, application_id, applied_at AS started_at,
        answered_at AS stopped_at, 14 AS days, 0 AS working,
        CASE WHEN status IN ('hired', 'withdrawn') THEN decided_at END AS over_at
    FROM person
    UNION ALL
    SELECT 'decided-not-told', application_id, decided_at, told_at, 2, 1, NULL
    FROM person WHERE status = 'rejected'
    UNION ALL
    SELECT 'phone-required', application_id, decided_at, reached_at, 2, 1, NULL
    FROM person
    WHERE status IN ('rejected', 'closed') AND interviewed_at < decided_at
),
shown AS (
    SELECT *,
        datetime(started_at, CASE WHEN started_at < '2026-10-25 01:00:00'
            THEN '+2 hours' ELSE '+1 hours' END) AS local_at
    FROM began
    WHERE started_at IS NOT NULL
),
-- Out of hours the working clock starts with the next working day.
opened AS (
    SELECT s.*, w.number, w.on_day,
        CASE
            WHEN w.on_day = date(local_at) AND time(local_at) > '08:00:00'
                THEN time(local_at)
            ELSE '08:00:00'
        END AS at_time
    FROM shown AS s
    JOIN workday AS w ON w.on_day = (
        SELECT MIN(on_day) FROM workday
        WHERE on_day >= date(s.local_at)
          AND (on_day > date(s.local_at) OR time(s.local_at) < '16:00:00')
    )
),
ended AS (
    SELECT o.*,
        CASE
            WHEN o.working
                THEN (SELECT on_day FROM workday WHERE number = o.number + o.days)
                    || ' ' || o.at_time
            ELSE datetime(o.local_at, '+' || o.days || ' days')
        END AS local_due
    FROM opened AS o
)
SELECT rule, application_id, started_at, stopped_at, over_at,
    datetime(local_due, CASE WHEN local_due < '2026-10-25 02:00:00'
        THEN '-2 hours' ELSE '-1 hours' END) AS due_at
FROM ended;

CREATE TEMP VIEW promise AS
SELECT c.rule, c.application_id, p.department, p.now,
    c.stopped_at IS NOT NULL AND c.stopped_at <= c.due_at AS kept,
    CASE WHEN c.stopped_at <= c.due_at THEN c.stopped_at ELSE c.due_at END AS known_at
FROM clock AS c
JOIN person AS p USING (application_id)
WHERE (c.stopped_at <= c.due_at OR c.due_at < p.now)
  -- Hired before an answer was due: nobody waits for one.
  AND (c.over_at IS NULL OR c.over_at >= MIN(c.due_at, COALESCE(c.stopped_at, c.due_at)));

-- Departments of fewer than five are not named. Where fewer than five would hide
-- together, the smallest of the others joins them (of equal ones the last by name).
CREATE TEMP VIEW named AS
SELECT department, CASE WHEN COUNT(*) >= 5 THEN department ELSE 'other' END AS name
FROM person
GROUP BY department;

CREATE TEMP VIEW span AS
SELECT '30d' AS "window", '-30 days' AS ago UNION ALL SELECT '90d', '-90 days';

CREATE TEMP VIEW named_by_cases AS
WITH sizes AS (
    SELECT rule, w."window", department, COUNT(*) AS cases
    FROM promise
    JOIN span AS w ON known_at > datetime(now, w.ago)
    GROUP BY rule, w."window", department
),
ranked AS (
    SELECT *,
        SUM(CASE WHEN cases < 5 THEN cases ELSE 0 END) OVER (
            PARTITION BY rule, "window"
        ) AS few,
        ROW_NUMBER() OVER (
            PARTITION BY rule, "window", cases >= 5 ORDER BY cases, department DESC
        ) AS place
    FROM sizes
)
SELECT rule, "window", department,
    CASE
        WHEN cases < 5 OR (few BETWEEN 1 AND 4 AND place = 1) THEN 'other'
        ELSE department
    END AS name
FROM ranked;

CREATE TEMP VIEW survey AS
SELECT application_id,
    CASE
        WHEN told_at IS NULL OR told_at > survey_at THEN 'never'
        WHEN EXISTS (
            SELECT 1 FROM promise AS b
            WHERE b.application_id = p.application_id
              AND NOT b.kept AND b.known_at <= p.survey_at
        ) THEN 'late'
        ELSE 'in_time'
    END AS told,
    CASE
        WHEN survey_score >= 9 THEN 'promoter'
        WHEN survey_score >= 7 THEN 'passive'
        ELSE 'detractor'
    END AS mood
FROM person AS p
WHERE survey_score IS NOT NULL AND survey_at > datetime(now, '-180 days')
  AND survey_at <= now;

-- figure: waiting
SELECT name, holder,
    CASE
        WHEN days <= 7 THEN '0-7'
        WHEN days <= 14 THEN '8-14'
        WHEN days <= 30 THEN '15-30'
        WHEN days <= 45 THEN '31-45'
        ELSE '46+'
    END AS bucket,
    COUNT(*)
FROM (
    SELECT *, (strftime('%s', now) - strftime('%s', heard_at)) / 86400 AS days
    FROM waiter
)
JOIN named USING (department)
GROUP BY 1, 2, 3;

-- figure: turns
SELECT name, phase, holder, SUM(strftime('%s', now) - strftime('%s', since))
FROM waiter JOIN named USING (department)
GROUP BY 1, 2, 3;

-- figure: overdue
SELECT name, CASE WHEN w.holder IS NULL THEN p.ball ELSE w.holder END, COUNT(*)
FROM person AS p
JOIN named USING (department)
LEFT JOIN waiter AS w USING (application_id)
WHERE p.application_id IN (
    SELECT application_id FROM clock
    WHERE stopped_at IS NULL AND due_at < p.now
      AND (over_at IS NULL)
)
GROUP BY 1, 2;

-- figure: overdue_jobs
SELECT job_ref, job_title, COUNT(*)
FROM person AS p
WHERE application_id IN (
    SELECT application_id FROM clock
    WHERE stopped_at IS NULL AND due_at < p.now AND over_at IS NULL
)
GROUP BY 1, 2;

-- figure: promises
SELECT rule, n.name, w."window", COUNT(*), SUM(kept)
FROM promise AS p
JOIN span AS w ON known_at > datetime(now, w.ago)
JOIN named_by_cases AS n USING (rule, "window", department)
GROUP BY 1, 2, 3;

-- figure: first_reply
SELECT strftime('%s', answered_at) - strftime('%s', applied_at)
FROM person
WHERE answered_at > datetime(now, '-90 days');

-- figure: decided_to_told
SELECT MAX(strftime('%s', reached_at) - strftime('%s', decided_at), 0)
FROM person
WHERE status IN ('rejected', 'closed') AND decided_at IS NOT NULL
  AND reached_at > datetime(now, '-90 days');

-- figure: interviewed_told
SELECT
    CASE
        WHEN reached_at IS NULL OR (unreached_at IS NOT NULL
            AND reached_at = last_written_at) THEN 'other'
        ELSE 'phone'
    END,
    w."window",
    COUNT(*)
FROM person
JOIN span AS w ON told_at > datetime(now, w.ago)
WHERE interviewed_at IS NOT NULL AND status NOT IN ('hired', 'withdrawn')
GROUP BY 1, 2;

-- figure: silence
SELECT 'application', COUNT(*),
    COUNT(CASE WHEN status <> 'hired' AND COALESCE(first_reply_at, told_at, called_at)
        IS NULL THEN 1 END)
FROM person
WHERE applied_at > datetime(now, '-120 days') AND applied_at <= datetime(now, '-30 days')
  AND status <> 'withdrawn'
UNION ALL
SELECT 'interview', COUNT(*),
    COUNT(CASE WHEN status <> 'hired' AND told_at IS NULL
        AND COALESCE(last_reply_at > interviewed_at, 0) = 0
        AND COALESCE(called_at > interviewed_at, 0) = 0 THEN 1 END)
FROM person
WHERE interviewed_at > datetime(now, '-120 days')
  AND interviewed_at <= datetime(now, '-30 days')
  AND status <> 'withdrawn';

-- figure: surveys
SELECT told, mood, COUNT(*)
FROM survey
WHERE told IN (SELECT told FROM survey GROUP BY told HAVING COUNT(*) >= 5)
GROUP BY 1, 2;

-- figure: legal
SELECT rule, MIN(due_at)
FROM clock, moment
WHERE rule = 'decided-not-told' AND stopped_at IS NULL AND due_at >= now
GROUP BY rule;

-- figure: legal_missed
SELECT rule, COUNT(*)
FROM clock, moment
WHERE rule = 'decided-not-told' AND stopped_at IS NULL AND due_at < now
  AND due_at >= datetime(now, '-90 days');
