-- What each process may do.  The log's writer may add and read entries, never change one.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['hakakses_gateway', 'hakakses_sealer', 'hakakses_publisher'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), name);
    END LOOP;
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO hakakses_publisher', current_schema());
END
$$;
GRANT SELECT ON register, subject_key, publication, access_right, client, directory_version TO hakakses_gateway;
GRANT SELECT, INSERT ON ledger_entry TO hakakses_gateway;
GRANT SELECT, UPDATE ON ledger_head TO hakakses_gateway;
GRANT SELECT, INSERT, UPDATE ON quota_use TO hakakses_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON wrong_value, kept_answer, used_assertion TO hakakses_gateway;
GRANT SELECT ON ledger_entry, ledger_head TO hakakses_sealer;
GRANT SELECT, INSERT ON publication TO hakakses_publisher;
ALTER TABLE register OWNER TO hakakses_publisher;
ALTER TABLE subject_key OWNER TO hakakses_publisher;
DO $$
DECLARE
    n int;
BEGIN
    FOR n IN 0..15 LOOP
        EXECUTE format('ALTER TABLE register_g0_p%s OWNER TO hakakses_publisher', n);
        EXECUTE format('ALTER TABLE subject_key_p%s OWNER TO hakakses_publisher', n);
    END LOOP;
END
$$;
GRANT SELECT ON register, subject_key TO hakakses_gateway;
