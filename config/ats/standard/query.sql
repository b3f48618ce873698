-- One row per application, for SQLite and PostgreSQL alike.
--
-- Bound: now (nothing sent after it counts: a mail that waits for its hour is no
-- answer) and since (decided rows that nobody has touched after it are left out).
WITH live AS (
    SELECT
        a.*,
        j.title AS job_title,
        j.department,
        j.country,
        j.recruiter_id,
        j.manager_id,
        j.deadline_at,
        j.closed_at,
        -- The job is shut and nobody decided on this one.
        a.status = 'open' AND j.closed_at IS NOT NULL AS left_over,
        -- For those left over, shutting the job was the decision.
        CASE
            WHEN a.status = 'open' THEN j.closed_at
            ELSE a.decided_at
        END AS settled_at,
        CASE
            WHEN a.status = 'open' THEN j.letters_from
            ELSE a.letters_from
        END AS letter_tells_from,
        CASE
            WHEN a.status = 'open' THEN j.calls_from
            ELSE a.calls_from
        END AS call_tells_from
    FROM applications AS a
    -- LEFT, here and below: an application whose job or candidate is missing still
    -- belongs to somebody who waits.
    LEFT JOIN jobs AS j ON j.id = a.job_id
    WHERE a.status = 'on_hold'
       OR (a.status = 'open' AND j.closed_at IS NULL)
       OR (a.status = 'open' AND j.closed_at >= :since)
       OR a.updated_at >= :since
),

-- What was really said about each application, and when. An automatic message
-- within the hour is a receipt and answers nothing; notes and drafts reach nobody,
-- nor does the attempt at a call.
said AS (
    SELECT
        a.id AS application_id,
        m.sent_at,
        m.direction,
        m.channel,
        m.direction = 'out' AND m.sent_at >= a.applied_at
            AND (m.kind IN ('human', 'status')
                 OR (m.kind = 'auto' AND m.sent_at > a.receipt_until)) AS is_reply,
        m.direction = 'out' AND m.kind = 'auto'
            AND m.sent_at <= a.receipt_until AS is_receipt,
        -- What is said just before the decision is written down tells it already.
        m.sent_at >= CASE
            WHEN m.channel = 'phone' THEN a.call_tells_from
            ELSE a.letter_tells_from
        END AS is_about_decision,
        -- It counts from the decision on, so that no clock stops before it starts.
        CASE
            WHEN m.sent_at < a.settled_at THEN a.settled_at
            ELSE m.sent_at
        END AS tells_at,
        m.kind
    FROM live AS a
    JOIN messages AS m ON m.application_id = a.id
    WHERE m.kind IN ('human', 'status', 'auto', 'attempt')
      AND m.sent_at <= :now
),

heard AS (
    SELECT
        application_id,
        MIN(CASE WHEN is_reply THEN sent_at END) AS first_reply_at,
        MIN(CASE WHEN is_about_decision AND is_reply THEN tells_at END) AS told_at,
        MIN(CASE
            WHEN channel = 'phone' AND is_reply AND is_about_decision THEN tells_at
        END) AS told_by_call_at,
        MIN(CASE
            WHEN is_about_decision AND is_reply AND channel <> 'phone' THEN sent_at
        END) AS wrote_outcome_at,
        MAX(CASE WHEN is_reply AND channel = 'phone' THEN sent_at END) AS called_at,
        MAX(CASE WHEN is_reply AND channel <> 'phone' THEN sent_at END)
            AS last_written_at,
        SUM(CASE WHEN kind = 'attempt' AND is_about_decision THEN 1 END) AS attempts,
        MIN(CASE WHEN is_receipt THEN sent_at END) AS receipt_at,
        MAX(CASE WHEN direction = 'in' THEN sent_at END) AS last_inbound_at
    FROM said
    GROUP BY application_id
),

crowd AS (
    SELECT job_id, COUNT(*) AS applicants
    FROM applications
    GROUP BY job_id
)

SELECT
    a.id AS application_id,
    a.candidate_id AS candidate_ref,
    c.name AS candidate_name,
    c.email AS candidate_email,
    a.job_id AS job_ref,
    a.job_title,
    a.department,
    a.country,
    a.url,
    a.applied_at,
    CASE WHEN a.left_over THEN 'closed' ELSE a.status END AS status,
    a.stage,
    a.stage_entered_at,
    CASE
        WHEN a.left_over OR a.status NOT IN ('open', 'on_hold') THEN 'nobody'
        ELSE a.waiting_on
    END AS waiting_on,
    CASE
        WHEN a.left_over OR a.status NOT IN ('open', 'on_hold') THEN a.settled_at
        ELSE a.waiting_since
    END AS waiting_since,
    pauses.paused,
    recruiter.email AS recruiter,
    manager.email AS manager,
    decider.email AS decided_by,
    h.first_reply_at,
    CASE
        WHEN h.called_at IS NULL OR h.last_written_at > h.called_at
            THEN h.last_written_at
        ELSE h.called_at
    END AS last_reply_at,
    h.last_inbound_at,
    h.receipt_at,
    a.screened_out_at,
    a.assessed_at,
    a.shared_at,
    a.interviewed_at,
    -- Only what is still to come is planned.
    CASE WHEN a.next_interview_at > :now THEN a.next_interview_at END
        AS next_interview_at,
    a.feedback_at,
    a.settled_at AS decided_at,
    a.decision,
    a.decision_reason,
    h.told_at,
    -- A call before a letter. Only the few that were written to look their message up;
    -- of two in the same second the first by name counts, so that the answer is the
    -- same in every poll.
    CASE
        WHEN h.told_by_call_at = h.told_at THEN 'phone'
        WHEN h.told_at IS NOT NULL THEN (
            SELECT MIN(m.channel)
            FROM messages AS m
            WHERE m.application_id = a.id
              AND m.sent_at = h.wrote_outcome_at
              AND m.direction = 'out'
              AND m.channel <> 'phone'
              AND (m.kind IN ('human', 'status')
                   OR (m.kind = 'auto' AND m.sent_at > a.receipt_until))
        )
    END AS told_by,
    h.called_at,
    -- From the second call that nobody answered a mail will do.
    CASE WHEN h.attempts > 1 THEN (
        SELECT CASE WHEN m.sent_at < a.settled_at THEN a.settled_at ELSE m.sent_at END
        FROM messages AS m
        WHERE m.application_id = a.id
          AND m.sent_at >= a.call_tells_from
          AND m.kind = 'attempt'
        ORDER BY m.sent_at
        LIMIT 1 OFFSET 1
    ) END AS unreached_at,
    h.last_written_at,
    a.feedback_requested_at,
    a.promised_at,
    a.deadline_at AS job_deadline_at,
    a.closed_at AS job_closed_at,
    crowd.applicants,
    a.internal,
    a.knocked_out,
    a.survey_at,
    a.survey_score,
    a.updated_at,
    'exact' AS basis
FROM live AS a
LEFT JOIN candidates AS c ON c.id = a.candidate_id
LEFT JOIN people AS recruiter ON recruiter.id = a.recruiter_id
LEFT JOIN people AS manager ON manager.id = a.manager_id
LEFT JOIN people AS decider ON decider.id = a.decided_by_id
LEFT JOIN heard AS h ON h.application_id = a.id
LEFT JOIN crowd ON crowd.job_id = a.job_id
LEFT JOIN pauses ON pauses.application_id = a.id
