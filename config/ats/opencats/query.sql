-- OpenCATS, one row per candidate and job order.
--
-- All tables are MyISAM. That means two things for this query. A long read holds up
-- every writer, so mail is left to messages.sql. And the index statistics are those of
-- the day when the tables were last analysed, often when they were empty, so the
-- optimiser may look up by the worst index. Hence each table is read once and grouped,
-- keyed by an expression (`+ 0`) that keeps MariaDB from turning that into a look-up
-- per row, and STRAIGHT_JOIN fixes the order where it matters.
--
-- Times come as stored, in the zone of the database server. Nothing here reads a
-- clock, and CONVERT_TZ is avoided (it gives NULL where the zone tables are empty).

WITH
tenant AS (
    -- Several sites may share the tables; 180 is OpenCATS's own administration.
    SELECT MIN(site_id) AS site_id
    FROM site
    WHERE account_deleted = 0 AND site_id <> 180
),

hiring_manager AS (
    -- Stands in where a job names no contact (stored as -1), but only if the company
    -- has exactly one, since a guess would tell the wrong person about a candidate.
    SELECT company_id, MIN(email1) AS email
    FROM contact
    WHERE title LIKE '%hiring manager%' AND left_company = 0 AND email1 LIKE '%_@_%'
    GROUP BY company_id
    HAVING COUNT(DISTINCT email1) = 1
),

job AS (
    -- DISTINCT changes nothing but that this is worked out once per job instead of
    -- once per application.
    SELECT DISTINCT
        jo.joborder_id,
        jo.title,
        dep.name AS department,
        -- The list of states is configurable, and older data says OnHold. A job that
        -- is Full still counts as open in OpenCATS itself.
        CASE
            WHEN jo.status IN ('Closed', 'Canceled') THEN 'closed'
            WHEN jo.status IN ('On Hold', 'OnHold') THEN 'on_hold'
            ELSE 'open'
        END AS state,
        -- Old backups hold '0' for NULL, so only what looks like an address is one.
        -- A disabled user (access level 0) has left and would never answer.
        LOWER(COALESCE(
            CASE WHEN rec.email LIKE '%_@_%' AND rec.access_level > 0 THEN TRIM(rec.email) END,
            CASE WHEN own.email LIKE '%_@_%' AND own.access_level > 0 THEN TRIM(own.email) END
        )) AS recruiter,
        LOWER(COALESCE(
            CASE WHEN con.email1 LIKE '%_@_%' AND con.left_company = 0 THEN TRIM(con.email1) END,
            TRIM(hm.email)
        )) AS manager,
        -- The job's own date_modified moves with every later edit; the audit trail
        -- says when it was closed, if it was closed by hand.
        CASE WHEN jo.status IN ('Closed', 'Canceled') THEN (
            SELECT MAX(hi.set_date)
            FROM history AS hi
            WHERE hi.data_item_id = jo.joborder_id
                AND hi.data_item_type = 400
                AND hi.the_field = 'status'
                AND hi.new_value IN ('Closed', 'Canceled')
        ) END AS closing_logged_at,
        jo.date_modified AS changed_at,
        (
            SELECT COUNT(*)
            FROM candidate_joborder AS one
            WHERE one.joborder_id = jo.joborder_id
        ) AS applicants
    FROM joborder AS jo
    INNER JOIN tenant ON tenant.site_id = jo.site_id
    LEFT JOIN company_department AS dep
        ON dep.company_department_id = jo.company_department_id
    LEFT JOIN user AS rec ON rec.user_id = jo.recruiter
    LEFT JOIN user AS own ON own.user_id = jo.owner
    LEFT JOIN contact AS con ON con.contact_id = jo.contact_id
    LEFT JOIN hiring_manager AS hm ON hm.company_id = jo.company_id
    WHERE COALESCE(jo.is_admin_hidden, 0) = 0
),

moved AS (
    -- When an application last came to each stage. There is no row for the first stage
    -- (100), which begins with the application, and none for stages set by an import.
    SELECT
        candidate_id + 0 AS candidate_id,
        joborder_id + 0 AS joborder_id,
        status_to + 0 AS stage_id,
        MAX(date) AS moved_at
    FROM candidate_joborder_status_history
    GROUP BY candidate_id + 0, joborder_id + 0, status_to + 0
),

placed AS (
    SELECT
        cj.candidate_joborder_id,
        cj.candidate_id,
        cj.joborder_id,
        cj.status AS stage_id,
        -- date_submitted looks right, but nothing has written it for years.
        cj.date_created AS applied_at,
        cj.date_modified AS changed_at,
        job.title,
        job.department,
        job.recruiter,
        job.manager,
        job.applicants,
        job.closing_logged_at,
        -- May lie before the application in old data.
        moved.moved_at AS stage_logged_at,
        CASE
            WHEN cj.status = 800 THEN 'hired'
            -- Somebody who withdrew is put there too; OpenCATS has no word for it.
            WHEN cj.status IN (650, 700) THEN 'rejected'
            ELSE job.state
        END AS status,
        CASE
            WHEN job.state = 'closed' THEN COALESCE(job.closing_logged_at, job.changed_at)
        END AS job_closed_at,
        CASE
            WHEN cj.status IN (650, 700, 800) THEN COALESCE(moved.moved_at, cj.date_modified)
            -- A job that shuts decides for those who are left; they too wait to be told.
            WHEN job.state = 'closed' THEN COALESCE(job.closing_logged_at, job.changed_at)
        END AS decided_at
    FROM candidate_joborder AS cj
    STRAIGHT_JOIN job ON job.joborder_id = cj.joborder_id
    LEFT JOIN moved
        ON moved.candidate_id = cj.candidate_id
        AND moved.joborder_id = cj.joborder_id
        AND moved.stage_id = cj.status
),

logged AS (
    -- What somebody logged by hand counts as an answer, namely Email 200, Meeting 300
    -- and Call (Talked) 500. Not counted are Call 100 (each moved card writes one whose
    -- notes say "Status change") and the status history itself. Voice mail 600 and
    -- missed calls 700 reached nobody; from the second since the decision a mail will
    -- do. An activity without a job (0, -1 or NULL) counts only if the candidate had
    -- applied to nothing else by then.
    --
    -- Who writes or calls first moves the card afterwards: a call up to an hour before
    -- the decision tells it, all else up to two minutes before.
    SELECT
        p.candidate_joborder_id + 0 AS candidate_joborder_id,
        MIN(CASE WHEN ac.type IN (200, 300, 500) THEN ac.date_created END) AS first_at,
        MAX(CASE WHEN ac.type IN (200, 300, 500) THEN ac.date_created END) AS last_at,
        MAX(CASE WHEN ac.type = 200 THEN ac.date_created END) AS wrote_at,
        MAX(CASE WHEN ac.type = 500 THEN ac.date_created END) AS called_at,
        GROUP_CONCAT(
            CASE
                WHEN ac.type IN (600, 700)
                    AND ac.date_created >= p.decided_at - INTERVAL 1 HOUR
                    THEN GREATEST(ac.date_created, p.decided_at)
            END
            ORDER BY ac.date_created
        ) AS attempts,
        MIN(CASE
            WHEN ac.type = 200 AND ac.date_created >= p.decided_at - INTERVAL 2 MINUTE
                THEN GREATEST(ac.date_created, p.decided_at)
        END) AS wrote_outcome_at,
        MIN(CASE
            WHEN ac.type IN (300, 500)
                AND ac.date_created
                    >= p.decided_at - INTERVAL CASE ac.type WHEN 500 THEN 60 ELSE 2 END MINUTE
                THEN GREATEST(ac.date_created, p.decided_at)
        END) AS spoke_outcome_at,
        -- Applying to the same job again adds no row, only this note.
        MAX(CASE WHEN ac.type = 400 THEN ac.date_created END) AS reapplied_at
    FROM activity AS ac
    STRAIGHT_JOIN placed AS p ON p.candidate_id = ac.data_item_id
    WHERE ac.data_item_type = 100
        AND (
            ac.type IN (200, 300, 500, 600, 700)
            OR (ac.type = 400 AND ac.notes LIKE 'User re-applied through candidate portal%')
        )
        AND ac.date_created BETWEEN p.applied_at AND :now
        AND (
            ac.joborder_id = p.joborder_id
            OR (
                COALESCE(ac.joborder_id, 0) <= 0
                AND NOT EXISTS (
                    SELECT 1
                    FROM candidate_joborder AS other
                    WHERE other.candidate_id = p.candidate_id
                        AND other.candidate_joborder_id <> p.candidate_joborder_id
                        AND other.date_created <= ac.date_created
                )
            )
        )
    GROUP BY p.candidate_joborder_id + 0
),

milestone AS (
    -- 250, Candidate Responded, is the nearest thing to word from the candidate that
    -- OpenCATS keeps; 400, Submitted, hands the candidate to the line manager.
    SELECT
        candidate_id + 0 AS candidate_id,
        joborder_id + 0 AS joborder_id,
        MAX(CASE WHEN status_to = 250 THEN date END) AS responded_at,
        MAX(CASE WHEN status_to = 400 THEN date END) AS shared_at
    FROM candidate_joborder_status_history
    WHERE status_to IN (250, 400)
    GROUP BY candidate_id + 0, joborder_id + 0
),

turn AS (
    -- While somebody was Contacted or Offered it was theirs to move; the last such spell
    -- has no end yet and is told by waiting_on.
    SELECT
        candidate_id,
        joborder_id,
        GROUP_CONCAT(CONCAT(starts_at, '/', ends_at) ORDER BY starts_at SEPARATOR ', ') AS spells
    FROM (
        SELECT
            candidate_id + 0 AS candidate_id,
            joborder_id + 0 AS joborder_id,
            status_to,
            date AS starts_at,
            LEAD(date) OVER (
                PARTITION BY candidate_id, joborder_id
                ORDER BY date, candidate_joborder_status_history_id
            ) AS ends_at
        FROM candidate_joborder_status_history
        WHERE date <= :now
    ) AS stay
    WHERE status_to IN (200, 600) AND ends_at IS NOT NULL
    GROUP BY candidate_id, joborder_id
),

interview AS (
    -- A planned time is all there is; nothing says whether anybody came. What lasts all
    -- day is stored at midnight and is over a day later.
    SELECT
        data_item_id + 0 AS candidate_id,
        joborder_id + 0 AS joborder_id,
        MAX(CASE WHEN date + INTERVAL (all_day = 1) DAY <= :now
            THEN date + INTERVAL (all_day = 1) DAY END) AS held_at,
        MIN(CASE WHEN date + INTERVAL (all_day = 1) DAY > :now THEN date END) AS next_at
    FROM calendar_event
    WHERE type = 400 AND data_item_type = 100
    GROUP BY data_item_id + 0, joborder_id + 0
)

SELECT
    CAST(p.candidate_joborder_id AS CHAR) AS application_id,
    CAST(p.candidate_id AS CHAR) AS candidate_ref,
    NULLIF(TRIM(CONCAT(c.first_name, ' ', c.last_name)), '') AS candidate_name,
    LOWER(CASE
        WHEN c.email1 LIKE '%_@_%' THEN TRIM(c.email1)
        WHEN c.email2 LIKE '%_@_%' THEN TRIM(c.email2)
    END) AS candidate_email,
    CAST(p.joborder_id AS CHAR) AS job_ref,
    p.title AS job_title,
    NULLIF(NULLIF(TRIM(p.department), ''), '0') AS department,
    p.applied_at,
    p.status,
    COALESCE(stage.short_description, CONCAT('Stage ', p.stage_id)) AS stage,
    COALESCE(p.stage_logged_at, p.applied_at) AS stage_entered_at,
    CASE
        WHEN p.decided_at IS NOT NULL THEN 'nobody'
        WHEN iv.next_at IS NOT NULL THEN 'nobody'
        WHEN p.stage_id = 400 THEN 'manager'
        -- The stage alone does not say that anybody met; without an interview in the
        -- calendar it is still for the recruiter to arrange one.
        WHEN p.stage_id = 500 AND iv.held_at IS NOT NULL THEN 'manager'
        WHEN p.stage_id IN (200, 600) THEN 'candidate'
        ELSE 'recruiter'
    END AS waiting_on,
    COALESCE(
        CASE WHEN p.stage_id = 500 THEN iv.held_at END,
        p.stage_logged_at,
        p.applied_at
    ) AS waiting_since,
    turn.spells AS paused,
    p.recruiter,
    p.manager,
    lg.first_at AS first_reply_at,
    lg.last_at AS last_reply_at,
    GREATEST(
        COALESCE(ms.responded_at, lg.reapplied_at),
        COALESCE(lg.reapplied_at, ms.responded_at)
    ) AS last_inbound_at,
    ms.shared_at,
    iv.held_at AS interviewed_at,
    iv.next_at AS next_interview_at,
    p.decided_at,
    CASE
        WHEN p.status IN ('hired', 'rejected')
            THEN COALESCE(stage.short_description, CONCAT('Stage ', p.stage_id))
    END AS decision,
    -- Only what was logged; an outcome by mail is found among the messages.
    LEAST(
        COALESCE(lg.wrote_outcome_at, lg.spoke_outcome_at),
        COALESCE(lg.spoke_outcome_at, lg.wrote_outcome_at)
    ) AS told_at,
    CASE
        WHEN lg.spoke_outcome_at <= COALESCE(lg.wrote_outcome_at, lg.spoke_outcome_at)
            THEN 'phone'
        WHEN lg.wrote_outcome_at IS NOT NULL THEN 'email'
    END AS told_by,
    lg.called_at,
    -- The second of them; without a comma there is no second.
    CASE WHEN lg.attempts LIKE '%,%' THEN
        CAST(SUBSTRING_INDEX(SUBSTRING_INDEX(lg.attempts, ',', 2), ',', -1) AS DATETIME)
    END AS unreached_at,
    -- Only what was logged; mail is found among the messages.
    lg.wrote_at AS last_written_at,
    p.job_closed_at,
    p.applicants,
    p.changed_at AS updated_at,
    CASE
        WHEN p.stage_logged_at IS NULL AND p.stage_id <> 100 THEN 'proxy'
        WHEN p.job_closed_at IS NOT NULL AND p.closing_logged_at IS NULL THEN 'proxy'
        ELSE 'exact'
    END AS basis
FROM placed AS p
INNER JOIN candidate AS c
    ON c.candidate_id = p.candidate_id AND COALESCE(c.is_admin_hidden, 0) = 0
LEFT JOIN candidate_joborder_status AS stage
    ON stage.candidate_joborder_status_id = p.stage_id
LEFT JOIN logged AS lg ON lg.candidate_joborder_id = p.candidate_joborder_id
LEFT JOIN milestone AS ms
    ON ms.candidate_id = p.candidate_id AND ms.joborder_id = p.joborder_id
LEFT JOIN turn
    ON turn.candidate_id = p.candidate_id AND turn.joborder_id = p.joborder_id
LEFT JOIN interview AS iv
    ON iv.candidate_id = p.candidate_id AND iv.joborder_id = p.joborder_id
WHERE p.decided_at IS NULL OR p.decided_at >= :since
