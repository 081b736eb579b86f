INSERT INTO letter_kind VALUES ('invitation'), ('recovery'), ('contact_changed'), ('alarm');
-- A letter of its own kind bears a token, or goes to an address that is no longer the person's: both sealed under the
-- person's key, and gone once it is sent.
ALTER TABLE outbox ADD COLUMN token BLOB;
ALTER TABLE outbox ADD COLUMN address BLOB;

-- Invitations: bound to a person's address and one home or role. Kept of the token is its hash.
CREATE TABLE invitation (
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
CREATE INDEX invitation_person ON invitation (person_id);
CREATE INDEX invitation_home ON invitation (home_id);
-- Lost passwords.
CREATE TABLE recovery (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    hash BLOB NOT NULL UNIQUE,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    void_at INTEGER
) STRICT;
CREATE INDEX recovery_person ON recovery (person_id);
