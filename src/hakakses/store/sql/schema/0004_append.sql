-- Appends a batch of entries in one transaction: takes the head row first, so that writers stand in one line,
-- then decides what only the log can decide (kept answers, guesses, quota), and writes what is left.
--
-- One array element per item; ``charged`` NULL means the item spends no quota.  Guesses are flattened: item
-- number (from 1), subject, element and tag; ``tag`` NULL marks a right value.  A batch holds a subject once.
-- outcome: 0 written, 1 quota used up, 2 guesses used up, 3 answered before under this key.
CREATE FUNCTION append_entries(
    entries bytea[], hashes bytea[], details bytea[],
    charged text[], limits bigint[], days date[],
    guess_items int[], guess_subjects bytea[], guess_elements smallint[], guess_tags bytea[],
    kept_items int[], kept_clients text[], kept_keys bytea[], kept_requests bytea[], kept_answers bytea[],
    guess_limit int, guesses_since timestamptz, written_at timestamptz
) RETURNS TABLE (item int, outcome smallint, seq bigint, quota_remaining bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    head bigint;
    outcomes smallint[] := array_fill(0::smallint, ARRAY[cardinality(entries)]);
    found int;
BEGIN
    SELECT h.size INTO head FROM ledger_head h FOR UPDATE;

    IF cardinality(kept_items) > 0 THEN
        FOR found IN
            SELECT k.i FROM unnest(kept_items, kept_clients, kept_keys) AS k (i, client, key)
            JOIN kept_answer a ON a.client = k.client AND a.key = k.key
        LOOP
            outcomes[found] := 3;
        END LOOP;
    END IF;

    IF EXISTS (SELECT FROM unnest(guess_subjects) AS s (subject) JOIN wrong_value w ON w.subject = s.subject) THEN
        FOR found IN
            SELECT g.i
            FROM unnest(guess_items, guess_subjects, guess_elements, guess_tags) AS g (i, subject, element, tag)
            JOIN wrong_value w ON w.subject = g.subject AND w.element = g.element AND w.at >= guesses_since
            GROUP BY g.i, g.element, g.tag
            HAVING count(*) >= guess_limit AND count(*) FILTER (WHERE w.tag = g.tag) = 0
        LOOP
            IF outcomes[found] = 0 THEN
                outcomes[found] := 2;
            END IF;
        END LOOP;
    END IF;

    RETURN QUERY
    WITH items AS (
        SELECT i.* FROM unnest(entries, hashes, details, charged, limits, days, outcomes)
            WITH ORDINALITY AS i (entry, hash, detail, agreement, most, day, state, n)
    ), counted AS (
        SELECT i.*, coalesce(q.used, 0) + row_number() OVER (PARTITION BY i.agreement, i.day, i.state ORDER BY i.n)
            AS nth
        FROM items i LEFT JOIN quota_use q ON q.agreement = i.agreement AND q.day = i.day
    ), judged AS (
        SELECT c.*, CASE WHEN c.state = 0 AND c.agreement IS NOT NULL AND c.nth > c.most THEN 1::smallint
                         ELSE c.state END AS final
        FROM counted c
    ), placed AS (
        SELECT j.*, head + row_number() OVER (PARTITION BY j.final = 0 ORDER BY j.n) - 1 AS place FROM judged j
    ), written AS (
        INSERT INTO ledger_entry (seq, leaf_hash, entry, detail)
        SELECT p.place, p.hash, p.entry, p.detail FROM placed p WHERE p.final = 0 ORDER BY p.place
    ), spent AS (
        INSERT INTO quota_use AS q (agreement, day, used)
        SELECT p.agreement, p.day, count(*) FROM placed p
        WHERE p.final = 0 AND p.agreement IS NOT NULL GROUP BY p.agreement, p.day
        ON CONFLICT (agreement, day) DO UPDATE SET used = q.used + excluded.used
    ), guessed AS (
        INSERT INTO wrong_value AS w (subject, element, tag, at)
        SELECT g.subject, g.element, g.tag, written_at
        FROM unnest(guess_items, guess_subjects, guess_elements, guess_tags) AS g (i, subject, element, tag)
        JOIN placed p ON p.n = g.i AND p.final = 0
        WHERE g.tag IS NOT NULL
        ON CONFLICT (subject, element, tag) DO UPDATE SET at = excluded.at WHERE w.at < guesses_since
    ), kept AS (
        INSERT INTO kept_answer (client, key, request, sealed, seq, quota_remaining, at)
        SELECT k.client, k.key, k.request, k.sealed, p.place, greatest(p.most - p.nth, 0), written_at
        FROM unnest(kept_items, kept_clients, kept_keys, kept_requests, kept_answers)
            AS k (i, client, key, request, sealed)
        JOIN placed p ON p.n = k.i AND p.final = 0
    ), moved AS (
        UPDATE ledger_head SET size = head + (SELECT count(*) FROM placed p WHERE p.final = 0)
    )
    SELECT p.n::int, p.final, p.place, greatest(p.most - p.nth, 0) FROM placed p;
END
$$;
