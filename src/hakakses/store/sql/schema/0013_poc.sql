-- Proof of concept: what a program must show in the sandbox before the web service answers it for the country.

-- Its functions keep this schema's search path, so that a session with another one meets the same locks.

-- Which tenant this schema is.  It is settled before the first client, so that no lock is lifted by renaming.
CREATE TABLE tenant (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    kind text NOT NULL CHECK (kind IN ('live', 'sandbox'))
);
INSERT INTO tenant (kind) VALUES ('live');

CREATE FUNCTION refuse_tenant_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM client) OR EXISTS (SELECT FROM ledger_entry) THEN
        RAISE EXCEPTION 'a tenant in use stays of its kind';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER settled BEFORE UPDATE OR DELETE ON tenant FOR EACH ROW EXECUTE FUNCTION refuse_tenant_change();

-- The proof of each agreement; in the live schema alone.  ``report`` is the document that a pass rests on, NULL where
-- an admission of before is taken over.
CREATE TABLE poc (
    agreement text PRIMARY KEY,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'passed')),
    opened_at timestamptz NOT NULL DEFAULT now(),
    passed_at timestamptz,
    passed_by text CHECK (passed_by <> ''),
    report text,
    report_sha256 text,
    CHECK ((state = 'passed') = (passed_at IS NOT NULL)),
    CHECK ((state = 'passed') = (passed_by IS NOT NULL)),
    CHECK (report IS NULL OR state = 'passed'),
    CHECK ((report IS NULL) = (report_sha256 IS NULL)),
    CHECK (report_sha256 = encode(sha256(convert_to(report, 'UTF8')), 'hex'))
);

CREATE FUNCTION keep_passed_poc() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION 'a passed proof of concept is never changed';
END
$$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON poc
    FOR EACH ROW WHEN (OLD.state = 'passed') EXECUTE FUNCTION keep_passed_poc();

-- Who was admitted before there was a proof stays admitted.
INSERT INTO poc (agreement, state, passed_at, passed_by)
SELECT DISTINCT agreement, 'passed', now(), 'admitted before' FROM client;

-- Whether an agreement's credentials are still locked here: without a right they are, and with a right that grants
-- the web service until the proof is passed.
CREATE FUNCTION poc_is_open(of_agreement text) RETURNS boolean LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT coalesce((SELECT t.kind FROM tenant t), 'live') = 'live'
       AND NOT EXISTS (SELECT FROM poc p WHERE p.agreement = of_agreement AND p.state = 'passed')
       AND coalesce((SELECT convert_from(r.body, 'UTF8')::jsonb -> 'methods' ? 'web_service'
                     FROM access_right r WHERE r.agreement = of_agreement ORDER BY r.number DESC LIMIT 1), true)
$$;

-- A credential and a wider right that are written at once would each not see the other.
CREATE FUNCTION one_at_a_time(of_agreement text) RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
    SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' poc'), hashtext(of_agreement))
$$;

CREATE FUNCTION refuse_unproven_client() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM one_at_a_time(NEW.agreement);
    IF poc_is_open(NEW.agreement) THEN
        RAISE EXCEPTION 'agreement % has no passed proof of concept', NEW.agreement USING ERRCODE = 'HKPOC';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER proven BEFORE INSERT OR UPDATE OF agreement ON client
    FOR EACH ROW EXECUTE FUNCTION refuse_unproven_client();

-- An agreement that gains the web service has no credentials yet, or has passed.
CREATE FUNCTION refuse_unproven_right() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM one_at_a_time(NEW.agreement);
    IF EXISTS (SELECT FROM client c WHERE c.agreement = NEW.agreement) AND poc_is_open(NEW.agreement) THEN
        RAISE EXCEPTION 'agreement % has credentials but no passed proof of concept', NEW.agreement
            USING ERRCODE = 'HKPOC';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER proven AFTER INSERT ON access_right
    FOR EACH ROW EXECUTE FUNCTION refuse_unproven_right();

-- What a call's entry does not tell, in the sandbox alone: its residents are invented, so more may be said of them.
-- ``seq``: the entry; what it says stands there and not here.  ``decision``: of a call that has no entry of its own.
-- ``subject``: the resident's status, TIDAK_DITEMUKAN for nobody, '' where nobody was looked up.  ``keyed``: under an
-- Idempotency-Key.
CREATE TABLE poc_call (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    agreement text NOT NULL,
    client text NOT NULL,
    seq bigint,
    decision text NOT NULL DEFAULT '' CHECK (decision IN ('', 'login_refused', 'repeated')),
    subject text NOT NULL DEFAULT '',
    keyed boolean NOT NULL DEFAULT false,
    CHECK ((seq IS NULL) = (decision = 'login_refused'))
);
CREATE INDEX ON poc_call (agreement, at);
CREATE INDEX ON poc_call (agreement, number);
CREATE INDEX ON poc_call (client, seq);

CREATE FUNCTION refuse_live_call() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF coalesce((SELECT t.kind FROM tenant t), 'live') = 'live' THEN
        RAISE EXCEPTION 'calls are noted in the sandbox alone';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER sandbox_alone AFTER INSERT ON poc_call
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_live_call();

GRANT SELECT ON tenant TO hakakses_gateway;
GRANT SELECT, INSERT ON poc_call TO hakakses_gateway;
