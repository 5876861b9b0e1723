-- Two keys at a time, so that a client can change its key without an hour of silence; and tokens that are bound.

-- ``bound``: how every token of the client must be bound: to a certificate (RFC 8705) or to a key (RFC 9449).
-- ``retired``: names (RFC 7638) of keys that were taken away; none of them comes back, or a token that it proved
-- shortly before would come back with it.
ALTER TABLE client
    ADD COLUMN bound text CHECK (bound IN ('mtls', 'dpop')),
    ADD COLUMN retired text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT client_has_two_keys_at_most
        CHECK (public_keys IS NULL OR jsonb_array_length(public_keys -> 'keys') BETWEEN 1 AND 2);
