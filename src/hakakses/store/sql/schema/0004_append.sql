-- Appends a batch of entries in one transaction: takes the head row first, so that writers stand in one line,
-- then decides what only the log can decide (kept answers, guesses, quota), and writes what is left.
--
-- entries to asked: one element per item.  charges: place of the item's quota in the next three arrays, 0 for an
-- item that spends none.  subjects: who guesses about whom, empty where nothing is counted; asked: the elements
-- as a bitmap; a batch holds a subject once.  guess_*: wrong values only, by item number (from 1).
--
-- seat_*: operators and their workstations, by item number; a batch holds an operator once.
--
-- outcomes: 0 written, 1 quota used up, 2 guesses used up, 3 answered before under this key, 4 the operator asked
-- from another workstation since ``seats_since``.  Written items are
-- numbered from ``first`` in their order; ``used`` is what each quota had spent before the batch.
CREATE FUNCTION append_entries(
    entries bytea[], hashes bytea[], details bytea[],
    charges int[], agreements text[], limits bigint[], days date[],
    subjects bytea[], asked bigint[],
    guess_items int[], guess_elements smallint[], guess_tags bytea[],
    kept_items int[], kept_clients text[], kept_keys bytea[], kept_requests bytea[], kept_answers bytea[],
    seat_items int[], seat_agreements text[], seat_operators text[], seat_workstations text[],
    guess_limit int, guesses_since timestamptz, seats_since timestamptz, written_at timestamptz,
    OUT first bigint, OUT used bigint[], OUT outcomes smallint[]
) LANGUAGE plpgsql AS $$
DECLARE
    found int;
    written bigint;
BEGIN
    SELECT h.size INTO first FROM ledger_head h FOR UPDATE;
    outcomes := array_fill(0::smallint, ARRAY[cardinality(entries)]);

    IF cardinality(kept_items) > 0 THEN
        FOR found IN
            SELECT k.i FROM unnest(kept_items, kept_clients, kept_keys) AS k (i, client, key)
            JOIN kept_answer a ON a.client = k.client AND a.key = k.key
        LOOP
            outcomes[found] := 3;
        END LOOP;
    END IF;

    IF cardinality(seat_items) > 0 THEN
        FOR found IN
            SELECT o.i
            FROM unnest(seat_items, seat_agreements, seat_operators, seat_workstations)
                AS o (i, agreement, operator, workstation)
            JOIN operator_seat s ON s.agreement = o.agreement AND s.operator = o.operator
            WHERE s.workstation <> o.workstation AND s.at >= seats_since
        LOOP
            IF outcomes[found] = 0 THEN
                outcomes[found] := 4;
            END IF;
        END LOOP;
    END IF;

    IF EXISTS (SELECT FROM unnest(subjects) AS s (subject) JOIN wrong_value w ON w.subject = s.subject) THEN
        FOR found IN
            SELECT s.i
            FROM unnest(subjects, asked) WITH ORDINALITY AS s (subject, asked, i)
            JOIN wrong_value w
                ON w.subject = s.subject AND w.at >= guesses_since AND s.asked >> w.element & 1 = 1
            LEFT JOIN unnest(guess_items, guess_elements, guess_tags) AS g (i, element, tag)
                ON g.i = s.i AND g.element = w.element
            GROUP BY s.i, w.element
            HAVING count(*) >= guess_limit AND count(*) FILTER (WHERE w.tag = g.tag) = 0
        LOOP
            IF outcomes[found] = 0 THEN
                outcomes[found] := 2;
            END IF;
        END LOOP;
    END IF;

    SELECT array_agg(coalesce(q.used, 0) ORDER BY c.n) INTO used
    FROM unnest(agreements, days) WITH ORDINALITY AS c (agreement, day, n)
    LEFT JOIN quota_use q ON q.agreement = c.agreement AND q.day = c.day;

    IF EXISTS (SELECT FROM unnest(used, limits) AS u (used, most) WHERE u.used + cardinality(entries) > u.most) THEN
        FOR found IN
            SELECT c.i FROM (
                SELECT u.i, u.charge, row_number() OVER (PARTITION BY u.charge ORDER BY u.i) AS nth
                FROM unnest(charges, outcomes) WITH ORDINALITY AS u (charge, outcome, i)
                WHERE u.outcome = 0 AND u.charge > 0
            ) c WHERE used[c.charge] + c.nth > limits[c.charge]
        LOOP
            outcomes[found] := 1;
        END LOOP;
    END IF;

    INSERT INTO ledger_entry (seq, leaf_hash, entry, detail)
    SELECT first + row_number() OVER (ORDER BY u.i) - 1, u.hash, u.entry, u.detail
    FROM unnest(entries, hashes, details, outcomes) WITH ORDINALITY AS u (entry, hash, detail, outcome, i)
    WHERE u.outcome = 0;
    GET DIAGNOSTICS written = ROW_COUNT;
    UPDATE ledger_head SET size = first + written;

    INSERT INTO quota_use AS q (agreement, day, used)
    SELECT agreements[u.charge], days[u.charge], count(*)
    FROM unnest(charges, outcomes) AS u (charge, outcome)
    WHERE u.outcome = 0 AND u.charge > 0
    GROUP BY u.charge
    ON CONFLICT (agreement, day) DO UPDATE SET used = q.used + excluded.used;

    IF cardinality(guess_items) > 0 THEN
        INSERT INTO wrong_value AS w (subject, element, tag, at)
        SELECT subjects[g.i], g.element, g.tag, written_at
        FROM unnest(guess_items, guess_elements, guess_tags) AS g (i, element, tag)
        WHERE outcomes[g.i] = 0
        ON CONFLICT (subject, element, tag) DO UPDATE SET at = excluded.at WHERE w.at < guesses_since;
    END IF;

    IF cardinality(seat_items) > 0 THEN
        INSERT INTO operator_use AS u (agreement, operator, day, asks)
        SELECT o.agreement, o.operator, days[charges[o.i]], 1
        FROM unnest(seat_items, seat_agreements, seat_operators) AS o (i, agreement, operator)
        WHERE outcomes[o.i] = 0
        ON CONFLICT (agreement, operator, day) DO UPDATE SET asks = u.asks + 1;

        INSERT INTO operator_seat (agreement, operator, workstation, at)
        SELECT o.agreement, o.operator, o.workstation, written_at
        FROM unnest(seat_items, seat_agreements, seat_operators, seat_workstations)
            AS o (i, agreement, operator, workstation)
        WHERE outcomes[o.i] = 0
        ON CONFLICT (agreement, operator) DO UPDATE SET workstation = excluded.workstation, at = excluded.at;
    END IF;

    IF cardinality(kept_items) > 0 THEN
        INSERT INTO kept_answer (client, key, request, sealed, seq, quota_remaining, at)
        SELECT k.client, k.key, k.request, k.sealed, first + p.place - 1,
               greatest(limits[p.charge] - used[p.charge] - p.nth, 0), written_at
        FROM unnest(kept_items, kept_clients, kept_keys, kept_requests, kept_answers)
            AS k (i, client, key, request, sealed)
        JOIN (
            SELECT u.i, u.charge, row_number() OVER (ORDER BY u.i) AS place,
                   row_number() OVER (PARTITION BY u.charge ORDER BY u.i) AS nth
            FROM unnest(charges, outcomes) WITH ORDINALITY AS u (charge, outcome, i)
            WHERE u.outcome = 0
        ) p ON p.i = k.i;
    END IF;
END
$$;
