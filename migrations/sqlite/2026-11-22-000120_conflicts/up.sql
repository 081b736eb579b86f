-- Staff who are to have nothing to do with a home, whatever their role (förvaltningslagen 16 §).
CREATE TABLE conflict (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    reason BLOB NOT NULL,
    declared_by BLOB NOT NULL REFERENCES person (id),
    declared_at INTEGER NOT NULL,
    ended_by BLOB REFERENCES person (id),
    ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX conflict_person ON conflict (person_id, ended_at, home_id);
CREATE INDEX conflict_home ON conflict (home_id, ended_at, person_id);
