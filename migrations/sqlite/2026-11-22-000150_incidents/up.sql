INSERT INTO letter_kind VALUES ('incident_opened');
CREATE TABLE item_kind (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO item_kind VALUES ('file'), ('message');
CREATE TABLE incident_state (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO incident_state VALUES ('open'), ('assessed'), ('closed');
-- Files and messages that someone says are in the wrong place: another child's paper.
CREATE TABLE wrong_report (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    item_kind TEXT NOT NULL REFERENCES item_kind (name),
    item_id BLOB NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('home', 'team')),
    words BLOB,
    reported_by BLOB NOT NULL REFERENCES person (id),
    reported_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX wrong_report_errand ON wrong_report (errand_id, item_id);
-- The register of personal data breaches (GDPR art. 33.5), one for each item taken out of view.
CREATE TABLE incident (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    item_kind TEXT NOT NULL REFERENCES item_kind (name),
    state TEXT NOT NULL REFERENCES incident_state (name),
    discovered_at INTEGER NOT NULL,
    discovered_by BLOB NOT NULL REFERENCES person (id),
    discovered_side TEXT NOT NULL CHECK (discovered_side IN ('home', 'team')),
    opened_by BLOB NOT NULL REFERENCES person (id),
    due_at INTEGER NOT NULL,
    reported_on TEXT,
    record BLOB,
    recorded_by BLOB REFERENCES person (id),
    recorded_at INTEGER,
    closed_at INTEGER,
    lifted_at INTEGER,
    version INTEGER NOT NULL,
    lock_no INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_board ON incident (board_id, id);
-- Items that nobody is shown: they lie where they lay, under the keys they had.
CREATE TABLE isolation (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    incident_id BLOB NOT NULL REFERENCES incident (id),
    item_kind TEXT NOT NULL REFERENCES item_kind (name),
    item_id BLOB NOT NULL,
    with_subject INTEGER NOT NULL CHECK (with_subject IN (0, 1)),
    reason BLOB NOT NULL,
    reported_at INTEGER NOT NULL,
    isolated_by BLOB NOT NULL REFERENCES person (id),
    isolated_at INTEGER NOT NULL,
    lifted_by BLOB REFERENCES person (id),
    lift_reason BLOB,
    lifted_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX isolation_errand ON isolation (errand_id, lifted_at);
CREATE INDEX isolation_incident ON isolation (incident_id);
CREATE UNIQUE INDEX isolation_item ON isolation (item_id) WHERE lifted_at IS NULL;
