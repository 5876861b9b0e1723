-- name: append_entries
-- One batch into the log; see the function of the same name.
SELECT item, outcome, seq, quota_remaining
FROM append_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)

-- name: fetch_kept_answer
-- The answer given earlier under an Idempotency-Key.
SELECT request, sealed, seq, quota_remaining FROM kept_answer
WHERE client = $1 AND key = $2 AND at > $3

-- name: fetch_entry
-- One entry of the log.
SELECT leaf_hash, entry FROM ledger_entry WHERE seq = $1

-- name: fetch_quota_use
-- Answers given under an agreement on a day.
SELECT used FROM quota_use WHERE agreement = $1 AND day = $2

-- name: forget_old
-- Drops wrong values and kept answers that no rule looks at any more.
WITH guesses AS (DELETE FROM wrong_value WHERE at < $1) DELETE FROM kept_answer WHERE at < $2
