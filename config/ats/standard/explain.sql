-- All messages of one application's candidate, also about their other jobs, for
-- `svar explain`, which says of each whether it counts. SQLite and PostgreSQL alike.
--
-- Bound: application (its id).
SELECT
    m.id AS message_id,
    m.application_id,
    m.sent_at,
    m.direction,
    CASE WHEN m.kind = 'attempt' THEN 'human' ELSE m.kind END AS kind,
    -- The attempt at a call reached nobody.
    CASE WHEN m.kind = 'attempt' THEN 'failed' ELSE 'sent' END AS delivery,
    m.channel
FROM applications AS asked
JOIN applications AS a ON a.candidate_id = asked.candidate_id
JOIN messages AS m ON m.application_id = a.id
WHERE asked.id = :application
