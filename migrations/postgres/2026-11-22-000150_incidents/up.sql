INSERT INTO letter_kind VALUES ('incident_opened');
CREATE TABLE item_kind (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO item_kind VALUES ('file'), ('message');
CREATE TABLE incident_state (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO incident_state VALUES ('open'), ('assessed'), ('closed');
-- Files and messages that someone says are in the wrong place: another child's paper.
CREATE TABLE wrong_report (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    item_kind TEXT NOT NULL REFERENCES item_kind (name),
    item_id UUID NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('home', 'team')),
    words BYTEA,
    reported_by UUID NOT NULL REFERENCES person (id),
    reported_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX wrong_report_errand ON wrong_report (errand_id, item_id);
-- The register of personal data breaches (GDPR art. 33.5), one for each item taken out of view.
CREATE TABLE incident (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    home_id UUID NOT NULL REFERENCES home (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    item_kind TEXT NOT NULL REFERENCES item_kind (name),
    state TEXT NOT NULL REFERENCES incident_state (name),
    discovered_at TIMESTAMPTZ NOT NULL,
    discovered_by UUID NOT NULL REFERENCES person (id),
    discovered_side TEXT NOT NULL CHECK (discovered_side IN ('home', 'team')),
    opened_by UUID NOT NULL REFERENCES person (id),
    due_at TIMESTAMPTZ NOT NULL,
    reported_on TEXT,
    record BYTEA,
    recorded_by UUID REFERENCES person (id),
    recorded_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    lifted_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    lock_no BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL
);
CREATE INDEX incident_board ON incident (board_id, id);
-- Items that nobody is shown: they lie where they lay, under the keys they had.
CREATE TABLE isolation (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    incident_id UUID NOT NULL REFERENCES incident (id),
    item_kind TEXT NOT NULL REFERENCES item_kind (name),
    item_id UUID NOT NULL,
    with_subject BOOLEAN NOT NULL,
    reason BYTEA NOT NULL,
    reported_at TIMESTAMPTZ NOT NULL,
    isolated_by UUID NOT NULL REFERENCES person (id),
    isolated_at TIMESTAMPTZ NOT NULL,
    lifted_by UUID REFERENCES person (id),
    lift_reason BYTEA,
    lifted_at TIMESTAMPTZ
);
CREATE INDEX isolation_errand ON isolation (errand_id, lifted_at);
CREATE INDEX isolation_incident ON isolation (incident_id);
CREATE UNIQUE INDEX isolation_item ON isolation (item_id) WHERE lifted_at IS NULL;
