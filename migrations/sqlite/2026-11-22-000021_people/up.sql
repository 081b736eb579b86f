ALTER TABLE unit ADD COLUMN manager_id BLOB REFERENCES person (id);

-- A role has an end and who set it, and why.
ALTER TABLE role_grant ADD COLUMN ended_by BLOB;
ALTER TABLE role_grant ADD COLUMN end_reason BLOB;
-- Roles that take a second person: no grant until one has said yes, so that no query can take one for a grant.
CREATE TABLE role_proposal (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL REFERENCES role (name),
    unit_id BLOB REFERENCES unit (id),
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    reason BLOB NOT NULL,
    proposed_by BLOB NOT NULL,
    proposed_at INTEGER NOT NULL,
    confirmed_by BLOB,
    confirmed_at INTEGER
) STRICT;
CREATE INDEX role_proposal_person ON role_proposal (person_id);

-- What homes and assignments were before they were changed.
CREATE TABLE home_past (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL REFERENCES home_kind (name),
    protected TEXT NOT NULL REFERENCES protection (name),
    name BLOB NOT NULL,
    version INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    changed_by BLOB NOT NULL
) STRICT;
CREATE INDEX home_past_home ON home_past (home_id);
ALTER TABLE assignment ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE TABLE assignment_past (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    assignment_id BLOB NOT NULL REFERENCES assignment (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    legal_basis TEXT NOT NULL REFERENCES legal_basis (name),
    to_on TEXT,
    caseworker_id BLOB NOT NULL REFERENCES person (id),
    child_caseworker_id BLOB REFERENCES person (id),
    cost_code TEXT,
    version INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    changed_by BLOB NOT NULL
) STRICT;
CREATE INDEX assignment_past_assignment ON assignment_past (assignment_id);
CREATE INDEX assignment_service_user ON assignment (service_user_id);
-- The last number given to an assignment's label (U-2041).
ALTER TABLE board ADD COLUMN last_label INTEGER NOT NULL DEFAULT 0;
