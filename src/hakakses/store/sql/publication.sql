-- name: take_turn
-- One publication at a time in a tenant's schema; held by the session.
SELECT pg_try_advisory_lock(hashtext(current_schema()), hashtext('publication'))

-- name: published
SELECT kind, as_of, source FROM publication ORDER BY number

-- name: partitions
-- The register's tables: those that answer now, and what a publication that was cut off left behind.
SELECT c.relname, EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS attached
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND c.relname ~ '^(register_g[0-9]+_p[0-9]+|register_staged|subject_key_staged)$'

-- name: record
INSERT INTO publication (kind, as_of, source, residents) VALUES ($1, $2, $3, $4)

-- name: stage
CREATE UNLOGGED TABLE subject_key_staged (key bytea NOT NULL, sealed bytea NOT NULL);
CREATE UNLOGGED TABLE register_staged (key bytea NOT NULL, sealed bytea NOT NULL, as_of date NOT NULL)

-- name: newest_full
-- The size of the newest whole register.
SELECT residents FROM publication WHERE kind = 'full' ORDER BY number DESC LIMIT 1
