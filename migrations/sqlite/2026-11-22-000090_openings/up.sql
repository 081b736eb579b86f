INSERT INTO letter_kind VALUES ('errand_opened');
CREATE TABLE opening_reason (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO opening_reason VALUES ('deputising'), ('on_call'), ('consultation'), ('handover'), ('other');
-- Errands opened by colleagues without a relation to them, each for a while and with a reason.
CREATE TABLE opening (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    reason_code TEXT NOT NULL REFERENCES opening_reason (name),
    reason BLOB,
    opened_at INTEGER NOT NULL,
    open_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX opening_errand ON opening (errand_id, person_id, open_until);
