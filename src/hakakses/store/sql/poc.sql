-- name: open_poc
INSERT INTO poc (agreement) VALUES ($1) ON CONFLICT (agreement) DO NOTHING

-- name: pass_poc
-- A row when it passed now, none when it had before.
INSERT INTO poc AS p (agreement, state, passed_at, passed_by, report, report_sha256)
VALUES ($1, 'passed', now(), $2, $3::text, encode(sha256(convert_to($3, 'UTF8')), 'hex'))
ON CONFLICT (agreement) DO UPDATE SET state = excluded.state, passed_at = excluded.passed_at,
    passed_by = excluded.passed_by, report = excluded.report, report_sha256 = excluded.report_sha256
    WHERE p.state = 'open'
RETURNING true

-- name: fetch_poc
SELECT state, opened_at, passed_at, passed_by, report, report_sha256 FROM poc WHERE agreement = $1

-- name: fetch_right
SELECT number, body FROM access_right WHERE agreement = $1 ORDER BY number DESC LIMIT 1

-- name: note_call
INSERT INTO poc_call (at, agreement, client, seq, decision, mode, purpose, caller, elements, subject, keyed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: note_login
-- A proof that a client of ours, if it is one, did not give.
INSERT INTO poc_call (at, agreement, client, decision, mode, purpose, caller, elements, subject, keyed)
SELECT $1, c.agreement, c.id, $3, '', '', '', '{}', '', false FROM client c WHERE c.id = $2

-- name: note_repeat
-- The same answer once more: its entry was noted at another time than this call's.
INSERT INTO poc_call (at, agreement, client, seq, decision, mode, purpose, caller, elements, subject, keyed)
SELECT $1, c.agreement, c.client, c.seq, $4, c.mode, c.purpose, c.caller, '{}', '', true
FROM poc_call c WHERE c.client = $2 AND c.seq = $3 AND c.at < $1 ORDER BY c.number LIMIT 1

-- name: fetch_calls
SELECT at, client, decision, seq, mode, purpose, caller, elements, subject, keyed
FROM poc_call WHERE agreement = $1 ORDER BY number
