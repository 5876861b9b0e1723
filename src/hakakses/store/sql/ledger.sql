-- name: append_entries
-- One batch into the log; see the function of the same name.
SELECT first, used, outcomes FROM append_entries(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25)

-- name: fetch_kept_answers
-- The answers given earlier under Idempotency-Keys, one row for each key asked about.
SELECT a.request, a.sealed, a.seq, a.quota_remaining
FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS k (client, key, n)
LEFT JOIN kept_answer a ON a.client = k.client AND a.key = k.key AND a.at > $3
ORDER BY k.n

-- name: fetch_entry
-- One entry of the log.
SELECT leaf_hash, entry FROM ledger_entry WHERE seq = $1

-- name: fetch_quota_use
-- Answers given under an agreement on a day.
SELECT used FROM quota_use WHERE agreement = $1 AND day = $2

-- name: fetch_operator_use
-- Answers given to each operator of an agreement on a day.
SELECT operator, asks FROM operator_use WHERE agreement = $1 AND day = $2 ORDER BY operator

-- name: forget_old
-- Drops wrong values and kept answers that no rule looks at any more.
WITH guesses AS (DELETE FROM wrong_value WHERE at < $1) DELETE FROM kept_answer WHERE at < $2
