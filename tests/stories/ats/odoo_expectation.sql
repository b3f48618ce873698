-- Who breaks first-reply and decided-not-told in Odoo 18, straight from its tables.
-- Written apart from config/ats/odoo18 and slow on purpose, so that the two can be
-- compared. Working days are Monday to Friday, 08:00 to 16:00, without holidays.
WITH
moment AS (SELECT :now AS now),
refused AS (
    SELECT a.id, a.write_date, a.refuse_date,
           (SELECT max(m.date) FROM mail_tracking_value v, mail_message m, ir_model_fields f
             WHERE m.id = v.mail_message_id AND m.model = 'hr.applicant' AND m.res_id = a.id
               AND f.id = v.field_id AND f.name = 'refuse_reason_id') AS tracked,
           r.name ->> 'en_US' LIKE 'Refused by applicant%' AS own_wish
      FROM hr_applicant a, hr_applicant_refuse_reason r
     WHERE r.id = a.refuse_reason_id
),
app AS (
    SELECT a.id, a.candidate_id, a.create_date AS applied, c.partner_id AS partner,
           (a.refuse_reason_id IS NOT NULL) AS is_refused,
           COALESCE(r.own_wish, false) AS withdrew,
           (a.refuse_reason_id IS NULL AND a.date_closed IS NOT NULL) AS hired,
           COALESCE(r.refuse_date, r.tracked, r.write_date) AS refused_at
      FROM hr_applicant a
      JOIN hr_candidate c ON c.id = a.candidate_id
      LEFT JOIN refused r ON r.id = a.id
),
-- Which application a row of the chatter is about, if it is about one.
about AS (
    SELECT m.*, app.id AS app, app.partner, app.applied, app.refused_at
      FROM mail_message m, app
     WHERE m.model = 'hr.applicant' AND m.res_id = app.id
    UNION ALL
    SELECT m.*, app.id, app.partner, app.applied, app.refused_at
      FROM mail_message m, app
     WHERE m.model = 'hr.candidate' AND m.res_id = app.candidate_id
       AND m.date > app.applied
       AND 1 = (SELECT count(*) FROM hr_applicant x
                 WHERE x.candidate_id = app.candidate_id AND x.create_date < m.date)
),
-- `ahead`: how long it may come before the outcome that it tells.
reply AS (
    SELECT about.app, about.date, about.refused_at, interval '2 minutes' AS ahead
      FROM about
      JOIN mail_notification n ON n.mail_message_id = about.id
     WHERE n.res_partner_id = about.partner
       AND (n.notification_status = 'sent' OR n.notification_status = 'pending')
       AND NOT (about.message_type = 'auto_comment'
                AND EXTRACT(EPOCH FROM about.date - about.applied) < 3600)
    UNION ALL
    SELECT app, date, refused_at, interval '2 minutes'
      FROM about
     WHERE message_type = 'email_outgoing'
       AND id NOT IN (SELECT mail_message_id FROM mail_mail)
    UNION ALL
    SELECT about.app, about.date, about.refused_at, interval '1 hour'
      FROM about
      JOIN mail_activity_type t ON t.id = about.mail_activity_type_id
     WHERE t.name ->> 'en_US' = 'Call'
),
-- Outside working hours a clock starts at the next opening.
opened AS (
    SELECT app.id,
           CASE WHEN EXTRACT(ISODOW FROM refused_at) > 5
                    THEN date_trunc('week', refused_at) + interval '7 days 8 hours'
                WHEN refused_at::time < '08:00' THEN refused_at::date + interval '8 hours'
                WHEN refused_at::time < '16:00' THEN refused_at
                WHEN EXTRACT(ISODOW FROM refused_at) = 5
                    THEN refused_at::date + interval '3 days 8 hours'
                ELSE refused_at::date + interval '1 day 8 hours' END AS began
      FROM app
     WHERE is_refused AND NOT withdrew
)
SELECT 'first-reply' AS rule, app.id
  FROM app, moment
 WHERE NOT app.withdrew AND NOT app.hired
   AND app.applied + interval '14 days' < moment.now
   AND (app.refused_at IS NULL OR app.refused_at > moment.now - interval '180 days')
   AND app.id NOT IN (SELECT reply.app FROM reply)
UNION ALL
SELECT 'decided-not-told', opened.id
  FROM opened, moment
 WHERE began + (CASE WHEN EXTRACT(ISODOW FROM began) < 4 THEN 2 ELSE 4 END
                * interval '1 day') < moment.now
   AND began > moment.now - interval '180 days'
   AND opened.id NOT IN (SELECT reply.app FROM reply
                          WHERE reply.date >= reply.refused_at - reply.ahead)
