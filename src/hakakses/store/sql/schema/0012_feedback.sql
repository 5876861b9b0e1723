-- Data balikan: what institutions give back.  ``digest`` (of institution, person and values) makes a record unique and
-- ``person`` is a blind index, both under keys that are not in this database; ``sealed`` holds the values.
CREATE TABLE feedback (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 16),
    institution text NOT NULL,
    agreement text NOT NULL,
    person bytea NOT NULL CHECK (octet_length(person) = 16),
    given_on date NOT NULL,
    sealed bytea NOT NULL
);
ALTER TABLE feedback ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Records given under each agreement by month (Asia/Jakarta; the month's first day): what counts towards the duty.
CREATE TABLE feedback_month (
    agreement text NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    records bigint NOT NULL CHECK (records > 0),
    PRIMARY KEY (agreement, month)
) WITH (fillfactor = 50);

-- The gateway adds and never reads: whoever captures it learns nothing of what was given before.
GRANT INSERT ON feedback TO hakakses_gateway;
GRANT SELECT, INSERT ON feedback_month TO hakakses_gateway;
GRANT UPDATE (records) ON feedback_month TO hakakses_gateway;
