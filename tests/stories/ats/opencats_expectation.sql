-- Who breaks which rule in OpenCATS, straight from its tables, for small data.
-- Written apart from config/ats/opencats and slow on purpose, so that the two can be
-- compared. Working days are Monday to Friday, 08:00 to 16:00, without holidays.
WITH
app AS (
    SELECT cj.candidate_joborder_id AS id, cj.candidate_id AS person,
           cj.joborder_id AS job, cj.status AS stage, cj.date_created AS applied,
           cj.date_modified AS touched, jo.title, LOWER(ca.email1) AS address,
           (jo.status = 'Closed' OR jo.status = 'Canceled') AS shut,
           (jo.status = 'OnHold' OR jo.status = 'On Hold') AS held_up,
           (SELECT h.set_date FROM history h WHERE h.data_item_type = 400
               AND h.data_item_id = jo.joborder_id AND h.the_field = 'status'
               AND h.new_value = jo.status ORDER BY h.set_date DESC LIMIT 1) AS shut_at,
           (SELECT h.date FROM candidate_joborder_status_history h
             WHERE h.candidate_id = cj.candidate_id AND h.joborder_id = cj.joborder_id
               AND h.status_to = cj.status ORDER BY h.date DESC LIMIT 1) AS stage_at,
           (SELECT h.date FROM candidate_joborder_status_history h
             WHERE h.candidate_id = cj.candidate_id AND h.joborder_id = cj.joborder_id
               AND h.status_to = 400 ORDER BY h.date DESC LIMIT 1) AS shared_at,
           (SELECT e.date FROM calendar_event e
             WHERE e.type = 400 AND e.data_item_type = 100
               AND e.data_item_id = cj.candidate_id AND e.joborder_id = cj.joborder_id
               AND e.date <= :now ORDER BY e.date DESC LIMIT 1) AS met_at,
           EXISTS (SELECT 1 FROM calendar_event e
             WHERE e.type = 400 AND e.data_item_type = 100
               AND e.data_item_id = cj.candidate_id AND e.joborder_id = cj.joborder_id
               AND e.date > :now) AS will_meet
      FROM candidate_joborder cj, candidate ca, joborder jo
     WHERE cj.site_id = 201 AND ca.candidate_id = cj.candidate_id
       AND jo.joborder_id = cj.joborder_id
       AND ca.is_admin_hidden = 0 AND jo.is_admin_hidden = 0
),
-- Each mail by a person beside each application that its addressee had made by then.
maybe AS (
    SELECT m.email_history_id AS mail, m.date AS sent, app.id,
           m.text LIKE CONCAT('%', app.title, '%') AS names_job,
           EXISTS (SELECT 1 FROM candidate_joborder_status_history h
             WHERE h.candidate_id = app.person AND h.joborder_id = app.job
               AND TIMESTAMPDIFF(SECOND, h.date, m.date) BETWEEN 0 AND 120) AS moved
      FROM email_history m, app
     WHERE LOWER(m.recipients) = app.address AND app.applied <= m.date
       AND m.date <= :now
       AND NOT EXISTS (SELECT 1 FROM user u WHERE u.user_id = m.user_id
                         AND u.user_name = 'cats@rootadmin')
),
verdict AS (
    SELECT mail, COUNT(*) AS possible, SUM(moved) AS movers, SUM(names_job) AS named
      FROM maybe GROUP BY mail
),
-- `ahead`: by how many minutes it may come before the outcome that it tells.
reply AS (
    SELECT maybe.id, maybe.sent AS at, 2 AS ahead
      FROM maybe, verdict v
     WHERE v.mail = maybe.mail
       AND CASE WHEN v.possible = 1 THEN 1
                WHEN v.movers = 1 THEN maybe.moved
                WHEN v.movers = 0 AND v.named = 1 THEN maybe.names_job
                ELSE 0 END = 1
    UNION ALL
    SELECT app.id, ac.date_created, IF(ac.type = 500, 60, 2)
      FROM app, activity ac
     WHERE ac.data_item_type = 100 AND ac.data_item_id = app.person
       AND (ac.type = 200 OR ac.type = 300 OR ac.type = 500)
       AND ac.date_created BETWEEN app.applied AND :now
       AND (ac.joborder_id = app.job
            OR (ac.joborder_id = -1 AND 1 = (SELECT COUNT(*) FROM candidate_joborder b
                  WHERE b.candidate_id = app.person AND b.date_created <= ac.date_created)))
),
-- The clocks that run in working days.
clock AS (
    SELECT 'manager-review' AS rule, id,
           CASE WHEN stage = 400 THEN stage_at
                WHEN shared_at > met_at THEN shared_at ELSE met_at END AS started
      FROM app
     WHERE NOT shut AND NOT held_up AND NOT will_meet
       AND (stage = 400 OR (stage = 500 AND met_at IS NOT NULL))
    UNION ALL
    SELECT 'decided-not-told', id, IFNULL(stage_at, touched)
      FROM app WHERE stage = 650 OR stage = 700
    UNION ALL
    SELECT 'leftovers-at-close', id, shut_at
      FROM app WHERE shut AND stage <> 650 AND stage <> 700 AND stage <> 800
),
-- Outside working hours a clock starts at the next opening.
opened AS (
    SELECT clock.*,
           CASE WHEN WEEKDAY(started) > 4
                    THEN TIMESTAMP(DATE(started) + INTERVAL 7 - WEEKDAY(started) DAY, '08:00:00')
                WHEN TIME(started) < '08:00:00' THEN TIMESTAMP(DATE(started), '08:00:00')
                WHEN TIME(started) < '16:00:00' THEN started
                WHEN WEEKDAY(started) = 4 THEN TIMESTAMP(DATE(started) + INTERVAL 3 DAY, '08:00:00')
                ELSE TIMESTAMP(DATE(started) + INTERVAL 1 DAY, '08:00:00') END AS began
      FROM clock
)
SELECT 'first-reply' AS rule, app.id
  FROM app
 WHERE app.stage <> 800 AND app.applied + INTERVAL 14 DAY < :now
   AND NOT EXISTS (SELECT 1 FROM reply WHERE reply.id = app.id)
UNION ALL
SELECT rule, id
  FROM opened
 WHERE began + INTERVAL CASE WHEN WEEKDAY(began) < 3 THEN 2 ELSE 4 END DAY < :now
   AND (rule = 'manager-review'
        OR NOT EXISTS (SELECT 1 FROM reply WHERE reply.id = opened.id
                          AND reply.at + INTERVAL reply.ahead MINUTE >= started))
