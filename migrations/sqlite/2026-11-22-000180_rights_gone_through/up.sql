-- A unit's manager goes through deputies and those named for protected homes too, so what is said is not always of a role.
CREATE TABLE recertification_new (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    grant_id BLOB NOT NULL,
    period TEXT NOT NULL,
    keep INTEGER NOT NULL CHECK (keep IN (0, 1)),
    reason BLOB,
    decided_by BLOB NOT NULL REFERENCES person (id),
    decided_at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('role', 'deputy', 'protected'))
) STRICT, WITHOUT ROWID;
INSERT INTO recertification_new
SELECT id, board_id, unit_id, grant_id, period, keep, reason, decided_by, decided_at, 'role' FROM recertification;
DROP TABLE recertification;
ALTER TABLE recertification_new RENAME TO recertification;
CREATE UNIQUE INDEX recertification_grant ON recertification (grant_id, period);
CREATE INDEX recertification_unit ON recertification (unit_id, period);

-- When it was told that what waits is overdue.
ALTER TABLE recertification_told ADD COLUMN reminded_at INTEGER;
