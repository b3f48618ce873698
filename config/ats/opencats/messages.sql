-- OpenCATS, mail that it sent, one row per recipient. A row is written only after
-- the mail server took the message, hence "sent" without a doubt.
--
-- Mail belongs to an address, not to an application, so application_id is NULL and
-- Svar finds the application from the time and the text. Not seen is mail written
-- outside of OpenCATS, and mail to a candidate's second address where there are two.
--
-- There is no index on the recipient, so nothing is joined by address here.

SELECT
    CONCAT('mail-', eh.email_history_id) AS message_id,
    CAST(NULL AS CHAR) AS application_id,
    LOWER(TRIM(eh.recipients)) AS candidate_email,
    eh.date AS sent_at,
    'out' AS direction,
    -- Receipts from the careers page are sent by the automated user; in this table
    -- they look like any other mail.
    CASE WHEN sender.user_name = 'cats@rootadmin' THEN 'auto' ELSE 'human' END AS kind,
    'sent' AS delivery,
    -- The subject stands first in the text; the job is named in the opening lines.
    LEFT(eh.text, 400) AS subject_hint
FROM email_history AS eh
LEFT JOIN user AS sender ON sender.user_id = eh.user_id
WHERE eh.date >= :since
    AND eh.date <= :now
    AND eh.recipients LIKE '%_@_%'
    -- Mail to many at once is stored under the administration site, 180.
    AND (
        eh.site_id = 180
        OR eh.site_id = (
            SELECT MIN(site_id) FROM site WHERE account_deleted = 0 AND site_id <> 180
        )
    )
