-- name: find_agreement
SELECT EXISTS (SELECT FROM access_right WHERE agreement = $1)

-- name: lock_client
-- A client's keys, so that nobody changes them meanwhile.
SELECT public_keys, retired FROM client WHERE id = $1 FOR UPDATE

-- name: set_keys
-- Without a new generation: tokens that the other key proved live on.
UPDATE client SET public_keys = $2, retired = $3 WHERE id = $1

-- name: rotate_password
-- What was learnt of the old password is not believed of the new hash.
UPDATE client SET password = $2, generation = generation + 1 WHERE user_id = $1 RETURNING true

-- name: find_account
SELECT EXISTS (SELECT FROM client WHERE user_id = $1)

-- name: list_clients
SELECT id, agreement, sandbox, active, callers, networks, bound, public_keys FROM client ORDER BY id

-- name: add_operator
INSERT INTO operator (agreement, id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true

-- name: switch_operator
UPDATE operator SET active = $3 WHERE agreement = $1 AND id = $2 RETURNING true

-- name: list_operators
SELECT agreement, id, name, active FROM operator WHERE agreement = $1 OR $1 = '' ORDER BY agreement, id
