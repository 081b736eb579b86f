ALTER TABLE recertification_told DROP COLUMN reminded_at;
CREATE TABLE recertification_old (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    grant_id BLOB NOT NULL REFERENCES role_grant (id),
    period TEXT NOT NULL,
    keep INTEGER NOT NULL CHECK (keep IN (0, 1)),
    reason BLOB,
    decided_by BLOB NOT NULL REFERENCES person (id),
    decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO recertification_old
SELECT id, board_id, unit_id, grant_id, period, keep, reason, decided_by, decided_at FROM recertification
WHERE kind = 'role';
DROP TABLE recertification;
ALTER TABLE recertification_old RENAME TO recertification;
CREATE UNIQUE INDEX recertification_grant ON recertification (grant_id, period);
CREATE INDEX recertification_unit ON recertification (unit_id, period);
