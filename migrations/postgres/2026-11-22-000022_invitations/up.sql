INSERT INTO letter_kind VALUES ('invitation'), ('recovery'), ('contact_changed'), ('alarm');
-- A letter of its own kind bears a token, or goes to an address that is no longer the person's: both sealed under the
-- person's key, and gone once it is sent.
ALTER TABLE outbox ADD COLUMN token BYTEA;
ALTER TABLE outbox ADD COLUMN address BYTEA;

-- Invitations: bound to a person's address and one home or role. Kept of the token is its hash.
CREATE TABLE invitation (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    person_id UUID NOT NULL REFERENCES person (id),
    role TEXT NOT NULL REFERENCES role (name),
    unit_id UUID REFERENCES unit (id),
    home_id UUID REFERENCES home (id),
    from_at TIMESTAMPTZ NOT NULL,
    to_at TIMESTAMPTZ,
    hash BYTEA NOT NULL UNIQUE,
    invited_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    void_at TIMESTAMPTZ
);
CREATE INDEX invitation_person ON invitation (person_id);
CREATE INDEX invitation_home ON invitation (home_id);
-- Lost passwords.
CREATE TABLE recovery (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    person_id UUID NOT NULL REFERENCES person (id),
    hash BYTEA NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    void_at TIMESTAMPTZ
);
CREATE INDEX recovery_person ON recovery (person_id);
