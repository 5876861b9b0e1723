-- name: fetch_residents
-- Many residents in one trip.  The join, unlike ``key = ANY``, visits only the partitions that hold the keys.
-- The newest publication's date stands for whoever the register does not hold.
SELECT r.sealed AS resident, r.as_of, s.salt,
       (SELECT max(p.as_of) FROM publication p) AS newest
FROM unnest($1::bytea[]) WITH ORDINALITY AS k (key, n)
LEFT JOIN register r ON r.key = k.key
LEFT JOIN subject_key s ON s.key = k.key
ORDER BY k.n

-- name: fetch_family
-- The rows with a family's tags.  A tag is looked for in its shard's partition alone; low and high bound the shard.
SELECT r.key, r.sealed AS resident
FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS k (tag, low, high)
JOIN register r ON r.family = k.tag AND r.key >= k.low AND r.key < k.high
LIMIT $4
