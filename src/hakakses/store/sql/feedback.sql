-- name: give_feedback
-- Adds what is new of a batch and counts it, in one transaction; says how many were new.  The digests come sorted, so
-- that two senders of the same records wait for each other in one order.
WITH new AS (
    INSERT INTO feedback (digest, institution, agreement, person, given_on, sealed)
    SELECT r.digest, $1, $2, r.person, $3, r.sealed
    FROM unnest($4::bytea[], $5::bytea[], $6::bytea[]) AS r (digest, person, sealed)
    ON CONFLICT DO NOTHING
    RETURNING true
), counted AS (
    INSERT INTO feedback_month AS m (agreement, month, records)
    SELECT $2, date_trunc('month', $3::date)::date, count(*) FROM new HAVING count(*) > 0
    ON CONFLICT (agreement, month) DO UPDATE SET records = m.records + excluded.records
)
SELECT count(*) AS added FROM new

-- name: fetch_feedback_months
SELECT month, records FROM feedback_month WHERE agreement = $1 ORDER BY month
