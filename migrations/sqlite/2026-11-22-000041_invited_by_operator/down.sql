DELETE FROM invitation WHERE invited_by IS NULL;
CREATE TABLE invitation_new (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL REFERENCES role (name),
    unit_id BLOB REFERENCES unit (id),
    home_id BLOB REFERENCES home (id),
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    hash BLOB NOT NULL UNIQUE,
    invited_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    void_at INTEGER
) STRICT;
INSERT INTO invitation_new SELECT * FROM invitation;
DROP TABLE invitation;
ALTER TABLE invitation_new RENAME TO invitation;
CREATE INDEX invitation_person ON invitation (person_id);
CREATE INDEX invitation_home ON invitation (home_id);
