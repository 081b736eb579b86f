-- What unit managers have said of the roles in their units, each period anew (lag 2001:454, 10 §).
CREATE TABLE recertification (
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
CREATE UNIQUE INDEX recertification_grant ON recertification (grant_id, period);
CREATE INDEX recertification_unit ON recertification (unit_id, period);
-- That a unit's managers have been told that a period has begun.
CREATE TABLE recertification_told (
    unit_id BLOB NOT NULL REFERENCES unit (id),
    period TEXT NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    told_at INTEGER NOT NULL,
    PRIMARY KEY (unit_id, period)
) STRICT, WITHOUT ROWID;
