-- name: fetch_directory_version
SELECT version FROM directory_version

-- name: fetch_rights
-- The right in force of every agreement is its newest.
SELECT DISTINCT ON (agreement) number, agreement, body FROM access_right ORDER BY agreement, number DESC

-- name: fetch_clients
SELECT id, agreement, sandbox, active, generation, secret, public_keys, callers, networks,
       user_id, password, declared, bound
FROM client

-- name: fetch_agreement_of_client
SELECT agreement FROM client WHERE id = $1

-- name: fetch_operators
SELECT agreement, id, active FROM operator

-- name: publish_right
INSERT INTO access_right (agreement, version, fingerprint, body) VALUES ($1, $2, $3, $4)
ON CONFLICT (agreement, version) DO NOTHING RETURNING number

-- name: put_client
INSERT INTO client (id, agreement, sandbox, secret, public_keys, callers, networks, user_id, password, declared, bound)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET agreement = excluded.agreement, sandbox = excluded.sandbox,
    secret = excluded.secret, public_keys = excluded.public_keys, callers = excluded.callers,
    networks = excluded.networks, user_id = excluded.user_id, password = excluded.password,
    declared = excluded.declared, bound = excluded.bound, generation = client.generation + 1

-- name: put_operator
INSERT INTO operator (agreement, id, name, active) VALUES ($1, $2, $3, $4)
ON CONFLICT (agreement, id) DO UPDATE SET name = excluded.name, active = excluded.active

-- name: set_client_active
UPDATE client SET active = $2, generation = generation + 1 WHERE id = $1

-- name: use_assertion
-- One row when the assertion is new, none when it was used before.
INSERT INTO used_assertion (fingerprint, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true

-- name: forget_assertions
DELETE FROM used_assertion WHERE expires_at < $1
