-- Odoo 18 Recruitment, one row per application (hr_applicant).
--
-- What the cost grows with is the number of applications read, open ones and those
-- decided since :since, and not the years that lie in the chatter: messages,
-- activities and meetings are looked up per application, each through an index that
-- Odoo makes itself.
--
-- Odoo writes all times in UTC, so they come as stored. Its chatter keeps whole
-- seconds and its rows keep microseconds; to compare the two, the moments of an
-- application are cut to the second. Nothing here reads a clock.

WITH
person AS MATERIALIZED (
    -- Employees with a login that works; portal users are candidates or customers.
    SELECT
        u.id,
        u.partner_id,
        LOWER(TRIM(p.email)) AS email
    FROM res_users AS u
    INNER JOIN res_partner AS p ON p.id = u.partner_id
    WHERE u.active AND u.share IS NOT TRUE AND p.email LIKE '%_@_%'
),

-- Names are kept per language. English is always there unless somebody took it away.
stage AS MATERIALIZED (
    SELECT
        st.id,
        st.hired_stage,
        COALESCE(
            st.name ->> 'en_US',
            (SELECT any_name.value FROM JSONB_EACH_TEXT(st.name) AS any_name LIMIT 1)
        ) AS name
    FROM hr_recruitment_stage AS st
),

reason AS MATERIALIZED (
    SELECT
        rr.id,
        COALESCE(
            rr.name ->> 'en_US',
            (SELECT any_name.value FROM JSONB_EACH_TEXT(rr.name) AS any_name LIMIT 1)
        ) AS name,
        -- Odoo has no other word for somebody who withdrew. These are its own two
        -- reasons and the like of them; add yours.
        EXISTS (
            SELECT 1
            FROM JSONB_EACH_TEXT(rr.name) AS any_name
            WHERE any_name.value ~* '^refused by (the )?(applicant|candidate)|withdr[ae]w'
        ) AS is_withdrawal
    FROM hr_applicant_refuse_reason AS rr
),

department AS MATERIALIZED (
    SELECT
        de.id,
        COALESCE(
            de.name ->> 'en_US',
            (SELECT any_name.value FROM JSONB_EACH_TEXT(de.name) AS any_name LIMIT 1)
        ) AS name,
        em.user_id AS manager_id,
        CASE WHEN em.work_email LIKE '%_@_%' THEN LOWER(TRIM(em.work_email)) END AS manager
    FROM hr_department AS de
    LEFT JOIN hr_employee AS em ON em.id = de.manager_id AND em.active
),

job AS MATERIALIZED (
    SELECT
        jo.id,
        jo.user_id,
        jo.department_id,
        COALESCE(
            jo.name ->> 'en_US',
            (SELECT any_name.value FROM JSONB_EACH_TEXT(jo.name) AS any_name LIMIT 1)
        ) AS title,
        CASE WHEN em.work_email LIKE '%_@_%' THEN LOWER(TRIM(em.work_email)) END AS manager,
        -- All who may be asked about a candidate for this job.
        em.user_id || ARRAY(
            SELECT iw.res_users_id
            FROM hr_job_extended_interviewer_res_users AS iw
            WHERE iw.hr_job_id = jo.id
        ) AS panel,
        -- A position is closed by archiving it, which leaves no other date.
        CASE WHEN jo.active IS NOT TRUE THEN DATE_TRUNC('second', jo.write_date) END AS closed_at
    FROM hr_job AS jo
    LEFT JOIN hr_employee AS em ON em.id = jo.manager_id AND em.active
),

applicants AS MATERIALIZED (
    -- All of them, also the refused, who are archived.
    SELECT
        job_id,
        COUNT(*) AS total
    FROM hr_applicant
    GROUP BY job_id
),

refuse_field AS MATERIALIZED (
    SELECT id
    FROM ir_model_fields
    WHERE model = 'hr.applicant' AND name = 'refuse_reason_id'
),

read_in AS (
    -- The rough cut by date, so that nothing is looked up for rows long decided; the
    -- exact one is the last line. Whatever decides a row also writes it.
    SELECT
        a.id,
        a.candidate_id,
        a.job_id,
        a.department_id,
        a.stage_id,
        a.user_id,
        a.refuse_reason_id,
        a.active,
        a.create_date,
        a.write_date,
        a.date_last_stage_update,
        a.date_closed,
        a.refuse_date
    FROM hr_applicant AS a
    WHERE (a.active AND a.refuse_reason_id IS NULL AND a.date_closed IS NULL)
        OR GREATEST(a.write_date, a.refuse_date, a.date_closed) >= :since
),

application AS (
    SELECT
        a.id,
        a.candidate_id,
        a.job_id,
        a.create_date,
        a.write_date,
        DATE_TRUNC('second', a.create_date) AS applied_at,
        stage.name AS stage,
        DATE_TRUNC('second', COALESCE(a.date_last_stage_update, a.create_date))
            AS stage_entered_at,
        reason.name AS reason,
        refusal.author_id AS refused_by,
        job.title,
        job.manager AS job_manager,
        job.panel,
        job.closed_at AS job_closed_at,
        COALESCE(a.department_id, job.department_id) AS department_id,
        COALESCE(a.user_id, job.user_id) AS recruiter_id,
        -- As Odoo itself ranks them, but for one thing: somebody who was hired and then
        -- archived was hired.
        CASE
            WHEN reason.is_withdrawal THEN 'withdrawn'
            WHEN a.refuse_reason_id IS NOT NULL THEN 'rejected'
            WHEN a.date_closed IS NOT NULL OR stage.hired_stage THEN 'hired'
            WHEN a.active IS NOT TRUE OR job.closed_at IS NOT NULL THEN 'closed'
            ELSE 'open'
        END AS status,
        DATE_TRUNC('second', CASE
            WHEN a.refuse_reason_id IS NOT NULL
                THEN COALESCE(a.refuse_date, refusal.date, a.write_date)
            WHEN a.date_closed IS NOT NULL OR stage.hired_stage
                THEN COALESCE(a.date_closed, a.date_last_stage_update, a.write_date)
            -- Archiving is not logged, so the last edit stands in.
            WHEN a.active IS NOT TRUE THEN a.write_date
            ELSE job.closed_at
        END) AS decided_at,
        CASE
            WHEN job.closed_at IS NOT NULL THEN 'proxy'
            WHEN COALESCE(a.refuse_date, refusal.date, a.date_closed) IS NOT NULL THEN 'exact'
            WHEN a.refuse_reason_id IS NOT NULL OR a.active IS NOT TRUE THEN 'proxy'
            WHEN stage.hired_stage THEN 'proxy'
            ELSE 'exact'
        END AS basis
    FROM read_in AS a
    -- LEFT, here and below: who applied to no job in particular waits all the same.
    LEFT JOIN job ON job.id = a.job_id
    LEFT JOIN stage ON stage.id = a.stage_id
    LEFT JOIN reason ON reason.id = a.refuse_reason_id
    LEFT JOIN LATERAL (
        -- The chatter tells who refused, and when where the row has no refuse_date.
        SELECT
            m.date,
            m.author_id
        FROM mail_message AS m
        INNER JOIN mail_tracking_value AS tv ON tv.mail_message_id = m.id
        WHERE a.refuse_reason_id IS NOT NULL
            AND m.model = 'hr.applicant'
            AND m.res_id = a.id
            AND tv.field_id = (SELECT id FROM refuse_field)
            AND tv.new_value_integer = a.refuse_reason_id
        ORDER BY m.date DESC
        LIMIT 1
    ) AS refusal ON TRUE
)

SELECT
    a.id::text AS application_id,
    a.candidate_id::text AS candidate_ref,
    -- Where the application came as a mail, Odoo takes its subject for the name.
    CASE
        WHEN said.subject = c.partner_name
            THEN NULLIF(NULLIF(TRIM(cp.name), ''), cp.email)
        ELSE NULLIF(TRIM(c.partner_name), '')
    END AS candidate_name,
    COALESCE(c.email_normalized, LOWER(c.email_from)) AS candidate_email,
    a.job_id::text AS job_ref,
    a.title AS job_title,
    department.name AS department,
    a.applied_at,
    a.status,
    a.stage,
    a.stage_entered_at,
    -- NULL: the stage decides, see `stages:` in mapping.yaml. A mail alone does not say
    -- whether it asked the candidate anything, so it never puts the candidate on turn.
    CASE
        WHEN a.decided_at IS NOT NULL THEN 'nobody'
        WHEN asked.since IS NOT NULL THEN 'manager'
        WHEN meeting.next_at IS NOT NULL THEN 'nobody'
        WHEN meeting.held_at > COALESCE(GREATEST(said.last_reply_at, said.feedback_at), '-infinity')
            THEN CASE WHEN who.manager IS NULL THEN 'recruiter' ELSE 'manager' END
        WHEN said.last_inbound_at > COALESCE(said.last_reply_at, '-infinity') THEN 'recruiter'
        -- The stage says "offer", but has anybody written since it was set?
        WHEN COALESCE(said.last_reply_at, '-infinity')
            < a.stage_entered_at - INTERVAL '2 minutes' THEN 'recruiter'
        WHEN a.stage IS NULL THEN 'recruiter'
    END AS waiting_on,
    CASE
        WHEN a.decided_at IS NOT NULL THEN a.decided_at
        WHEN asked.since IS NOT NULL THEN asked.since
        WHEN meeting.next_at IS NOT NULL
            THEN GREATEST(a.stage_entered_at, said.last_reply_at)
        WHEN meeting.held_at > COALESCE(GREATEST(said.last_reply_at, said.feedback_at), '-infinity')
            THEN meeting.held_at
        WHEN said.last_inbound_at > COALESCE(said.last_reply_at, '-infinity')
            THEN said.last_inbound_at
        WHEN COALESCE(said.last_reply_at, '-infinity')
            < a.stage_entered_at - INTERVAL '2 minutes'
            THEN GREATEST(a.applied_at, a.stage_entered_at, said.feedback_at)
        ELSE GREATEST(a.applied_at, a.stage_entered_at, said.last_reply_at)
    END AS waiting_since,
    -- Who has left cannot be told. Where no recruiter is named, the person who looks
    -- after the candidate is.
    COALESCE(recruiter.email, keeper.email) AS recruiter,
    who.manager,
    (SELECT p.email FROM person AS p WHERE p.partner_id = a.refused_by LIMIT 1) AS decided_by,
    said.first_reply_at,
    said.last_reply_at,
    said.last_written_at,
    said.last_inbound_at,
    said.receipt_at,
    asked.since AS shared_at,
    meeting.held_at AS interviewed_at,
    meeting.next_at AS next_interview_at,
    CASE WHEN asked.since IS NULL THEN said.feedback_at END AS feedback_at,
    a.decided_at,
    CASE a.status
        WHEN 'hired' THEN 'Hired'
        WHEN 'rejected' THEN 'Refused'
        WHEN 'withdrawn' THEN 'Withdrawn'
    END AS decision,
    a.reason AS decision_reason,
    said.told_at,
    CASE
        WHEN said.told_at IS NULL THEN NULL
        WHEN said.told_at = said.told_by_phone_at THEN 'phone'
        WHEN said.told_at = said.told_by_sms_at THEN 'sms'
        ELSE 'email'
    END AS told_by,
    said.called_at,
    -- Who was archived alone, without a reason, is left over as by a job that shuts, and
    -- from then on, even if the job is archived later.
    CASE WHEN a.status = 'closed' THEN a.decided_at ELSE a.job_closed_at END AS job_closed_at,
    applicants.total AS applicants,
    GREATEST(a.write_date, said.last_at) AS updated_at,
    a.basis
FROM application AS a
LEFT JOIN hr_candidate AS c ON c.id = a.candidate_id
LEFT JOIN res_partner AS cp ON cp.id = c.partner_id
LEFT JOIN department ON department.id = a.department_id
LEFT JOIN applicants ON applicants.job_id = a.job_id
LEFT JOIN person AS recruiter ON recruiter.id = a.recruiter_id
LEFT JOIN person AS keeper ON keeper.id = c.user_id
CROSS JOIN LATERAL (
    -- Whose word is waited for: those of the job, of the department, and those named as
    -- interviewers of this candidate. A recruiter who is one of them waits for nobody.
    SELECT ARRAY_REMOVE(
        a.panel || department.manager_id || ARRAY(
            SELECT iw.res_users_id
            FROM hr_applicant_res_users_interviewers_rel AS iw
            WHERE iw.hr_applicant_id = a.id
        ),
        a.recruiter_id
    ) AS members
) AS panel
LEFT JOIN LATERAL (
    -- What one of them was asked to do and has not done. An activity that is done is
    -- deleted, or kept as inactive where its type says so; one that is called off is
    -- deleted too. Only open ones tell when a candidate was handed over.
    SELECT
        DATE_TRUNC('second', MIN(x.create_date)) AS since,
        (ARRAY_AGG(person.email ORDER BY x.create_date, x.id))[1] AS email
    FROM mail_activity AS x
    INNER JOIN person ON person.id = x.user_id
    WHERE a.decided_at IS NULL
        AND x.res_model = 'hr.applicant'
        AND x.res_id = a.id
        AND x.active
        AND x.date_done IS NULL
        AND x.create_date <= :now
        AND x.user_id = ANY (panel.members)
) AS asked ON TRUE
CROSS JOIN LATERAL (
    SELECT COALESCE(asked.email, department.manager, a.job_manager) AS manager
) AS who
LEFT JOIN LATERAL (
    -- A planned time is all there is; nothing says whether anybody came. What lasts all
    -- day is over when the day is.
    SELECT
        MAX(ev.ends_at) FILTER (WHERE ev.ends_at <= :now) AS held_at,
        MIN(ev.start) FILTER (WHERE ev.ends_at > :now) AS next_at
    FROM (
        SELECT
            e.start,
            CASE
                WHEN e.allday THEN DATE_TRUNC('day', e.stop) + INTERVAL '1 day'
                ELSE e.stop
            END AS ends_at
        FROM calendar_event AS e
        WHERE e.applicant_id = a.id AND e.active
    ) AS ev
) AS meeting ON TRUE
LEFT JOIN LATERAL (
    SELECT
        MIN(w.at) FILTER (WHERE w.kind IN ('email', 'sms', 'phone')) AS first_reply_at,
        MAX(w.at) FILTER (WHERE w.kind IN ('email', 'sms', 'phone')) AS last_reply_at,
        MAX(w.at) FILTER (WHERE w.kind IN ('email', 'sms')) AS last_written_at,
        MAX(w.at) FILTER (WHERE w.kind = 'phone') AS called_at,
        MAX(w.at) FILTER (WHERE w.kind = 'in') AS last_inbound_at,
        MIN(w.at) FILTER (WHERE w.kind = 'receipt') AS receipt_at,
        MAX(w.at) FILTER (WHERE w.kind = 'feedback') AS feedback_at,
        MAX(w.subject) FILTER (WHERE w.kind = 'application') AS subject,
        -- Who writes or calls first presses Refuse afterwards.
        MIN(GREATEST(w.at, a.decided_at)) FILTER (
            WHERE (
                    w.kind IN ('email', 'sms')
                    AND w.at >= a.decided_at - INTERVAL '2 minutes'
                )
                OR (w.kind = 'phone' AND w.at >= a.decided_at - INTERVAL '1 hour')
        ) AS told_at,
        MIN(GREATEST(w.at, a.decided_at)) FILTER (
            WHERE w.kind = 'phone' AND w.at >= a.decided_at - INTERVAL '1 hour'
        ) AS told_by_phone_at,
        MIN(GREATEST(w.at, a.decided_at)) FILTER (
            WHERE w.kind = 'sms' AND w.at >= a.decided_at - INTERVAL '2 minutes'
        ) AS told_by_sms_at,
        MAX(w.at) AS last_at
    FROM (
        SELECT
            m.at,
            m.subject,
            CASE
                -- From the candidate. The mail that was the application itself, saved
                -- together with the row, is nothing to answer twice.
                WHEN m.message_type IN ('email', 'comment')
                    AND (
                        m.author_id = c.partner_id
                        OR (
                            m.author_id IS NULL
                            AND (
                                LOWER(m.email_from) = c.email_normalized
                                OR POSITION('<' || c.email_normalized || '>' IN LOWER(m.email_from)) > 0
                            )
                        )
                    )
                    THEN CASE WHEN m.create_date > a.create_date THEN 'in' ELSE 'application' END
                -- An activity that was marked as done: a call that took place, or what
                -- one of those asked had to say.
                WHEN m.message_type = 'notification' AND m.mail_activity_type_id IS NOT NULL
                    THEN CASE
                        WHEN EXISTS (
                            SELECT 1
                            FROM mail_activity_type AS ty
                            WHERE ty.id = m.mail_activity_type_id AND ty.category = 'phonecall'
                        ) THEN 'phone'
                        WHEN by_panel.yes THEN 'feedback'
                    END
                -- A letter to many at once leaves no delivery behind. It waits in
                -- mail_mail and is gone from there, or marked, once it has been sent.
                WHEN m.message_type = 'email_outgoing'
                    THEN CASE
                        WHEN NOT EXISTS (
                            SELECT 1
                            FROM mail_mail AS waiting
                            WHERE waiting.mail_message_id = m.id AND waiting.state <> 'sent'
                        ) THEN 'email'
                    END
                -- A stage's own letter is automatic as well; only what comes with the
                -- application acknowledges it and no more.
                WHEN m.message_type = 'auto_comment' AND delivery.way IS NOT NULL
                    THEN CASE
                        WHEN m.at <= a.applied_at + INTERVAL '1 hour' THEN 'receipt'
                        ELSE delivery.way
                    END
                WHEN delivery.way IS NOT NULL THEN delivery.way
                -- A note by one of those asked answers the recruiter.
                WHEN m.message_type = 'comment' AND by_panel.yes THEN 'feedback'
            END AS kind
        FROM (
            SELECT
                o.id,
                o.message_type,
                o.author_id,
                o.email_from,
                o.mail_activity_type_id,
                o.create_date,
                o.subject,
                -- A mail that came in bears the date that its sender's clock had.
                DATE_TRUNC('second', GREATEST(
                    a.applied_at,
                    CASE WHEN o.message_type = 'email' THEN o.create_date ELSE o.date END
                )) AS at
            FROM mail_message AS o
            WHERE o.model = 'hr.applicant' AND o.res_id = a.id

            UNION ALL

            -- What hangs on the person speaks of an application only if it was the only
            -- one by then.
            SELECT
                o.id,
                o.message_type,
                o.author_id,
                o.email_from,
                o.mail_activity_type_id,
                o.create_date,
                o.subject,
                DATE_TRUNC('second', GREATEST(
                    a.applied_at,
                    CASE WHEN o.message_type = 'email' THEN o.create_date ELSE o.date END
                )) AS at
            FROM mail_message AS o
            WHERE o.model = 'hr.candidate'
                AND o.res_id = a.candidate_id
                AND o.message_type <> 'user_notification'
                AND o.date >= a.applied_at
                AND NOT EXISTS (
                    SELECT 1
                    FROM hr_applicant AS other
                    WHERE other.candidate_id = a.candidate_id
                        AND other.id <> a.id
                        AND other.create_date <= o.create_date
                )
        ) AS m
        LEFT JOIN LATERAL (
            -- What tells a mail from an internal note, which may look the same in all
            -- else: it was handed over to the candidate. Not counted is what still
            -- waits (ready), failed, bounced or was called off.
            SELECT MIN(n.notification_type) AS way
            FROM mail_notification AS n
            WHERE n.mail_message_id = m.id
                AND n.notification_type IN ('email', 'sms')
                AND n.notification_status IN ('sent', 'pending')
                AND (
                    n.res_partner_id = c.partner_id
                    OR (n.res_partner_id IS NULL AND n.notification_type = 'sms')
                )
        ) AS delivery ON TRUE
        LEFT JOIN LATERAL (
            SELECT TRUE AS yes
            FROM res_users AS u
            WHERE u.partner_id = m.author_id AND u.id = ANY (panel.members)
            LIMIT 1
        ) AS by_panel ON TRUE
        WHERE m.message_type IN (
                'email', 'comment', 'notification', 'auto_comment', 'email_outgoing', 'sms'
            )
            AND m.at <= :now
    ) AS w
) AS said ON TRUE
WHERE a.decided_at IS NULL OR a.decided_at >= :since
