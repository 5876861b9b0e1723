-- name: fetch_residents
-- Many residents in one trip.  The join, unlike ``key = ANY``, visits only the partitions that hold the keys.
-- The newest publication's date stands for whoever the register does not hold.
SELECT r.sealed AS resident, r.as_of, s.salt,
       (SELECT max(p.as_of) FROM publication p) AS newest
FROM unnest($1::bytea[]) WITH ORDINALITY AS k (key, n)
LEFT JOIN register r ON r.key = k.key
LEFT JOIN subject_key s ON s.key = k.key
ORDER BY k.n
