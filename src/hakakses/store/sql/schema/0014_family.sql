-- Whose family card a resident is on, as a tag that tells nothing: see store/cipher.py.  It stands in the
-- resident's own row, so that whatever changes the row changes the family at the same moment.  Null where the card
-- is not known, and in rows that were published before this column was.
ALTER TABLE register ADD COLUMN family bigint;

DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'register'::regclass LOOP
        EXECUTE format('CREATE INDEX ON %s (family)', partition);
    END LOOP;
END
$$;
