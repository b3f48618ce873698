-- What the report says of the demo's last week, worked out by hand for SQLite with the
-- rule first-reply alone: everybody hears from us within 14 days of applying.
-- Bound: now, and begins (30 days before). One row per figure: kind, what, count.
WITH replies AS (
    SELECT a.id, MIN(m.sent_at) AS replied_at
    FROM applications AS a
    JOIN messages AS m ON m.application_id = a.id
    WHERE m.direction = 'out'
      AND m.sent_at >= a.applied_at
      AND m.sent_at <= :now
      AND (m.kind IN ('human', 'status')
           OR (m.kind = 'auto' AND m.sent_at > datetime(a.applied_at, '+1 hour')))
    GROUP BY a.id
),

outcomes AS (
    SELECT
        a.id,
        MIN(m.sent_at) AS told_at,
        MAX(m.sent_at) AS last_at,
        MAX(m.channel = 'phone') AS was_called
    FROM applications AS a
    JOIN jobs AS j ON j.id = a.job_id
    JOIN messages AS m ON m.application_id = a.id
    WHERE m.direction = 'out'
      AND m.kind IN ('human', 'status', 'auto')
      AND m.sent_at <= :now
      AND m.sent_at >= a.applied_at
      AND (m.kind <> 'auto' OR m.sent_at > datetime(a.applied_at, '+1 hour'))
      AND m.sent_at >= datetime(
          COALESCE(a.decided_at, CASE WHEN a.status = 'open' THEN j.closed_at END),
          CASE m.channel WHEN 'phone' THEN '-1 hour' ELSE '-2 minutes' END)
    GROUP BY a.id
),

-- Two calls that nobody answered, and a letter after them: then the letter counts.
tried AS (
    SELECT a.id, COUNT(*) AS calls, MAX(m.sent_at) AS last_at
    FROM applications AS a
    JOIN jobs AS j ON j.id = a.job_id
    JOIN messages AS m ON m.application_id = a.id
    WHERE m.kind = 'attempt'
      AND m.sent_at <= :now
      AND m.sent_at >= datetime(
          COALESCE(a.decided_at, CASE WHEN a.status = 'open' THEN j.closed_at END),
          '-1 hour')
    GROUP BY a.id
),

cases AS (
    SELECT
        a.id,
        j.title,
        a.status,
        a.waiting_on,
        a.interviewed_at,
        a.status = 'open' AND j.closed_at IS NOT NULL AS left_over,
        a.decided_at,
        -- Two weeks later on the wall: an hour more where summer time ended between.
        datetime(a.applied_at, '+14 days', CASE
            WHEN a.applied_at < '2026-10-25 01:00:00'
             AND datetime(a.applied_at, '+14 days') >= '2026-10-25 00:00:00'
            THEN '+1 hour' ELSE '+0 hours' END) AS due_at,
        -- Nobody waits for an answer any more from here on.
        CASE WHEN a.status IN ('hired', 'withdrawn')
            THEN COALESCE(a.decided_at, a.waiting_since, a.updated_at) END AS over_at,
        r.replied_at,
        o.told_at,
        COALESCE(o.was_called, 0)
            OR COALESCE(t.calls >= 2 AND o.last_at >= t.last_at, 0) AS was_reached
    FROM applications AS a
    JOIN jobs AS j ON j.id = a.job_id
    LEFT JOIN tried AS t ON t.id = a.id
    LEFT JOIN replies AS r ON r.id = a.id
    LEFT JOIN outcomes AS o ON o.id = a.id
),

states AS (
    SELECT *, CASE
        WHEN status IN ('hired', 'withdrawn') THEN 'told'
        WHEN told_at IS NULL AND decided_at IS NULL AND NOT left_over THEN 'undecided'
        WHEN told_at IS NULL THEN 'decided_not_told'
        WHEN interviewed_at IS NOT NULL AND NOT was_reached THEN 'wrong_channel'
        ELSE 'told'
    END AS closure
    FROM cases
),

late AS (
    SELECT *, CASE
        WHEN closure <> 'undecided' THEN 'recruiter'
        ELSE COALESCE(waiting_on, 'unknown')
    END AS ball
    FROM states
    WHERE replied_at IS NULL
      AND due_at < :now
      AND status NOT IN ('hired', 'withdrawn')
)

SELECT 'closure' AS kind, closure AS what, COUNT(*) AS n FROM states GROUP BY closure
UNION ALL
SELECT 'overdue', ball, COUNT(*) FROM late GROUP BY ball
UNION ALL
SELECT 'jobs', title, COUNT(*) FROM late GROUP BY title
UNION ALL
SELECT 'kept', '', COUNT(*) FROM cases
WHERE replied_at <= due_at
  AND replied_at > :begins
  AND (over_at IS NULL OR replied_at <= over_at)
UNION ALL
SELECT 'broken', '', COUNT(*) FROM cases
WHERE (replied_at IS NULL OR replied_at > due_at)
  AND due_at > :begins
  AND due_at < :now
  AND (over_at IS NULL OR due_at < over_at);
