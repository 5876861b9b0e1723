-- Published access rights: never edited, only followed by a higher number.  ``body`` is the right as
-- canonical JSON; an ended agreement has a body that permits nothing.
CREATE TABLE access_right (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agreement text NOT NULL,
    version int NOT NULL,
    fingerprint text NOT NULL,
    body bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agreement, version)
);

-- Who may call under which agreement.  ``public_keys`` is a JWK set for private_key_jwt; ``secret`` is a
-- salted hash and allowed for sandbox clients alone.
CREATE TABLE client (
    id text PRIMARY KEY,
    agreement text NOT NULL,
    sandbox boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    generation int NOT NULL DEFAULT 1,
    secret text,
    public_keys jsonb,
    CHECK (secret IS NULL OR sandbox),
    CHECK (secret IS NOT NULL OR public_keys IS NOT NULL)
);

-- Counts every change of rights and clients, so that a worker that missed a notice finds out.
CREATE TABLE directory_version (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO directory_version (version) VALUES (1);

CREATE FUNCTION announce_directory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory_version SET version = version + 1;
    PERFORM pg_notify(TG_TABLE_SCHEMA || '_directory', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON access_right
    FOR EACH STATEMENT EXECUTE FUNCTION announce_directory();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON client
    FOR EACH STATEMENT EXECUTE FUNCTION announce_directory();

-- Client assertions (RFC 7523) already used, until they expire: each serves once.
CREATE TABLE used_assertion (
    fingerprint bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ON used_assertion (expires_at);
