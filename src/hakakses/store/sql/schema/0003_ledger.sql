-- The access log.  Sequence numbers are dense from 0; ``entry`` is the leaf, ``detail`` its sealed particulars.
CREATE TABLE ledger_entry (
    seq bigint PRIMARY KEY,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    entry bytea NOT NULL CHECK (octet_length(entry) BETWEEN 1 AND 65535),
    detail bytea NOT NULL
);
ALTER TABLE ledger_entry ALTER COLUMN detail SET STORAGE EXTERNAL;
ALTER TABLE ledger_entry ALTER COLUMN entry SET STORAGE EXTERNAL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The next sequence number.  Its row lock puts all writers in one line.
CREATE TABLE ledger_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    size bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO ledger_head (size) VALUES (0);

-- Answers given per agreement and day (Asia/Jakarta).
CREATE TABLE quota_use (
    agreement text NOT NULL,
    day date NOT NULL,
    used bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (agreement, day)
) WITH (fillfactor = 50);

-- Distinct wrong values per institution and resident: keyed tags, never the values.
CREATE TABLE wrong_value (
    subject bytea NOT NULL,
    element smallint NOT NULL,
    tag bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (subject, element, tag)
);
CREATE INDEX ON wrong_value USING brin (at);

-- Answers kept for a repeated Idempotency-Key; sealed, for a day.
CREATE TABLE kept_answer (
    client text NOT NULL,
    key bytea NOT NULL,
    request bytea NOT NULL,
    sealed bytea NOT NULL,
    seq bigint NOT NULL,
    quota_remaining bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (client, key)
);
CREATE INDEX ON kept_answer USING brin (at);
