-- The register: one sealed row per resident, spread over 16 partitions by the first half-byte of the blind
-- index.  The index is uniform, so a range is as even as a hash, and a loader can address one partition.
CREATE TABLE register (
    key bytea NOT NULL,
    sealed bytea NOT NULL,
    as_of date NOT NULL
) PARTITION BY RANGE (key);

-- The random half of each resident's log key; the other half is a root key that is not in this database.  It
-- outlives the resident's register row, and destroying it makes the resident's log details unreadable while
-- every proof stays valid.
CREATE TABLE subject_key (
    key bytea NOT NULL,
    salt bytea NOT NULL
) PARTITION BY RANGE (key);

DO $$
DECLARE
    n int;
    low text;
    high text;
BEGIN
    FOR n IN 0..15 LOOP
        low := CASE n WHEN 0 THEN 'MINVALUE' ELSE format('%L', '\x' || to_hex(n) || '0') END;
        high := CASE n WHEN 15 THEN 'MAXVALUE' ELSE format('%L', '\x' || to_hex(n + 1) || '0') END;
        EXECUTE format('CREATE TABLE register_g0_p%s PARTITION OF register (PRIMARY KEY (key))
                        FOR VALUES FROM (%s) TO (%s)', n, low, high);
        EXECUTE format('CREATE TABLE subject_key_p%s PARTITION OF subject_key (PRIMARY KEY (key))
                        FOR VALUES FROM (%s) TO (%s)', n, low, high);
    END LOOP;
END
$$;

-- What was published into the register, newest last: the as-of date that answers carry.
CREATE TABLE publication (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('full', 'increment')),
    as_of date NOT NULL,
    source text NOT NULL UNIQUE,
    residents bigint NOT NULL CHECK (residents >= 0),
    published_at timestamptz NOT NULL DEFAULT now()
);
