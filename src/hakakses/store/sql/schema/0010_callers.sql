-- Who may speak for an institution: credentials bound to addresses, and registered operators.

-- ``networks``: addresses a credential may call from, beside the agreement's.  ``user_id`` and ``password`` (a slow
-- hash) are those of the Dukcapil wire format; ``declared``: what its IP_USER may say, empty when it may be left out.
ALTER TABLE client
    ADD COLUMN callers text[] NOT NULL DEFAULT ARRAY['machine', 'operator'],
    ADD COLUMN networks text[],
    ADD COLUMN user_id text UNIQUE,
    ADD COLUMN password text,
    ADD COLUMN declared text[] NOT NULL DEFAULT '{}',
    ADD CHECK ((user_id IS NULL) = (password IS NULL));
UPDATE client c SET networks = ARRAY(
    SELECT jsonb_array_elements_text(convert_from(r.body, 'UTF8')::jsonb -> 'networks')
    FROM access_right r WHERE r.number = (SELECT max(n.number) FROM access_right n WHERE n.agreement = c.agreement));
ALTER TABLE client
    ALTER COLUMN networks SET NOT NULL,
    ADD CHECK (cardinality(networks) > 0),
    DROP CONSTRAINT client_check1,
    ADD CONSTRAINT client_has_a_proof
        CHECK (secret IS NOT NULL OR public_keys IS NOT NULL OR password IS NOT NULL);

-- Named persons who may ask under an agreement.
CREATE TABLE operator (
    agreement text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (agreement, id)
);
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON operator
    FOR EACH STATEMENT EXECUTE FUNCTION announce_directory();

-- Answers given to each operator, by day (Asia/Jakarta).
CREATE TABLE operator_use (
    agreement text NOT NULL,
    operator text NOT NULL,
    day date NOT NULL,
    asks bigint NOT NULL CHECK (asks >= 0),
    PRIMARY KEY (agreement, operator, day)
) WITH (fillfactor = 50);

-- Where each operator asked from last: a person sits at one workstation at a time.
CREATE TABLE operator_seat (
    agreement text NOT NULL,
    operator text NOT NULL,
    workstation text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (agreement, operator)
) WITH (fillfactor = 50);

GRANT SELECT ON operator TO hakakses_gateway;
GRANT SELECT, INSERT, UPDATE ON operator_use, operator_seat TO hakakses_gateway;

-- Written anew by what follows.
DROP FUNCTION append_entries;
