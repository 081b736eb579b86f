-- Staff who are to have nothing to do with a home, whatever their role (förvaltningslagen 16 §).
CREATE TABLE conflict (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    home_id UUID NOT NULL REFERENCES home (id),
    person_id UUID NOT NULL REFERENCES person (id),
    reason BYTEA NOT NULL,
    declared_by UUID NOT NULL REFERENCES person (id),
    declared_at TIMESTAMPTZ NOT NULL,
    ended_by UUID REFERENCES person (id),
    ended_at TIMESTAMPTZ
);
CREATE INDEX conflict_person ON conflict (person_id, ended_at, home_id);
CREATE INDEX conflict_home ON conflict (home_id, ended_at, person_id);
