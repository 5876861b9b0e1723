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
-- A program that asks without end fills a day's notes, not the disk.
INSERT INTO poc_call (at, agreement, client, seq, subject, keyed)
SELECT $1::timestamptz, $2::text, $3::text, $4::bigint, $5::text, $6::boolean
WHERE (SELECT count(*) FROM poc_call c WHERE c.agreement = $2 AND c.at > $1 - interval '1 day') < $7::int

-- name: note_login
-- A proof that a client did not give.  Anybody may try in its name, so few of a day are noted.
INSERT INTO poc_call (at, agreement, client, decision)
SELECT $1::timestamptz, c.agreement, c.id, $3::text FROM client c
WHERE c.id = $2
  AND (SELECT count(*) FROM poc_call n
       WHERE n.client = $2 AND n.seq IS NULL AND n.at > $1 - interval '1 day') < $4::int

-- name: note_repeat
-- The same answer once more: its entry was noted at another time than this call's.
INSERT INTO poc_call (at, agreement, client, seq, decision, keyed)
SELECT $1::timestamptz, c.agreement, c.client, c.seq, $4::text, true FROM poc_call c
WHERE c.client = $2 AND c.seq = $3 AND c.at < $1
  AND (SELECT count(*) FROM poc_call n WHERE n.client = $2 AND n.seq = $3) < $5::int
ORDER BY c.number LIMIT 1

-- name: fetch_calls
-- The newest calls of an agreement, in their order.
SELECT c.at, c.client, c.seq, c.decision, c.subject, c.keyed, e.entry
FROM (SELECT * FROM poc_call n WHERE n.agreement = $1 ORDER BY n.number DESC LIMIT $2) c
LEFT JOIN ledger_entry e ON e.seq = c.seq
ORDER BY c.number
