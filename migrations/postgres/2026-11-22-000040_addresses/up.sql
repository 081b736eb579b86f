-- Addresses that wait to be confirmed with the code of the letter that went there. Kept of the code is its hash; the
-- address is sealed under the person's key.
CREATE TABLE address_change (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    person_id UUID NOT NULL REFERENCES person (id),
    email BYTEA NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    void_at TIMESTAMPTZ
);
CREATE INDEX address_change_person ON address_change (person_id);
-- A deputy who stands in no longer keeps the days that were meant; when it ended, and by whom, stands beside.
ALTER TABLE deputy ADD COLUMN ended_at TIMESTAMPTZ;
ALTER TABLE deputy ADD COLUMN ended_by UUID;
