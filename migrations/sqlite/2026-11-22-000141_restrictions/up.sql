-- Assignments that the team keeps shut to their homes, and how the errands of each stood at that moment.
CREATE TABLE restriction (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    assignment_id BLOB NOT NULL REFERENCES assignment (id),
    reason BLOB NOT NULL,
    restricted_by BLOB NOT NULL REFERENCES person (id),
    restricted_at INTEGER NOT NULL,
    lift_reason BLOB,
    lifted_by BLOB REFERENCES person (id),
    lifted_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX restriction_standing ON restriction (assignment_id) WHERE lifted_at IS NULL;
CREATE INDEX restriction_assignment ON restriction (assignment_id);
CREATE TABLE restricted_errand (
    errand_id BLOB PRIMARY KEY NOT NULL REFERENCES errand (id),
    restriction_id BLOB NOT NULL REFERENCES restriction (id),
    board_id BLOB NOT NULL REFERENCES board (id),
    state TEXT NOT NULL REFERENCES errand_state (name),
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX restricted_errand_restriction ON restricted_errand (restriction_id);
