-- Addresses that wait to be confirmed with the code of the letter that went there. Kept of the code is its hash; the
-- address is sealed under the person's key.
CREATE TABLE address_change (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    email BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    void_at INTEGER
) STRICT;
CREATE INDEX address_change_person ON address_change (person_id);
-- A deputy who stands in no longer keeps the days that were meant; when it ended, and by whom, stands beside.
ALTER TABLE deputy ADD COLUMN ended_at INTEGER;
ALTER TABLE deputy ADD COLUMN ended_by BLOB;
