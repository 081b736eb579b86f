-- Protected people (skyddade personuppgifter, OSL 22 kap. 1 §, 26 kap. 1 §): who of the staff may have to do with a home
-- where someone is protected, named one by one by two persons; the keys of what says where they are.
ALTER TABLE person ADD COLUMN protected TEXT NOT NULL DEFAULT 'none'
    CHECK (protected IN ('none', 'secrecy_marking', 'protected_registration', 'fictitious'));
CREATE INDEX person_protected ON person (board_id, id) WHERE protected <> 'none';
CREATE INDEX home_protected ON home (board_id, id) WHERE protected <> 'none';
CREATE INDEX service_user_protected ON service_user (board_id, id) WHERE protected <> 'none';

-- Homes where someone is protected: itself, a service user who has or had an assignment there, a member now or before.
CREATE VIEW protected_home AS
SELECT id AS home_id, board_id FROM home WHERE protected <> 'none'
UNION ALL
SELECT assignment.home_id, service_user.board_id FROM service_user
JOIN assignment ON assignment.service_user_id = service_user.id WHERE service_user.protected <> 'none'
UNION ALL
SELECT home_member.home_id, person.board_id FROM person
JOIN home_member ON home_member.person_id = person.id WHERE person.protected <> 'none';

CREATE TABLE protected_grant (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    reason BLOB,
    proposed_by BLOB REFERENCES person (id),
    proposed_at INTEGER NOT NULL,
    confirmed_by BLOB REFERENCES person (id),
    confirmed_at INTEGER,
    to_at INTEGER,
    ended_by BLOB REFERENCES person (id),
    CHECK (proposed_by IS NULL OR proposed_by <> person_id),
    CHECK (confirmed_by IS NULL OR confirmed_by <> person_id),
    CHECK (confirmed_by IS NULL OR proposed_by IS NULL OR confirmed_by <> proposed_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX protected_grant_person ON protected_grant (person_id, home_id, confirmed_at, to_at);
CREATE INDEX protected_grant_home ON protected_grant (home_id, id);

-- Whoever answers for or stands in at such a home today goes on; from now on each is named.
INSERT INTO protected_grant (id, board_id, home_id, person_id, proposed_at, confirmed_at)
SELECT randomblob(16), board_id, home_id, person_id, unixepoch() * 1000000, unixepoch() * 1000000 FROM (
    SELECT assignment.board_id, assignment.home_id, assignment.caseworker_id AS person_id FROM assignment
    WHERE home_id IN (SELECT home_id FROM protected_home) AND (to_on IS NULL OR to_on >= date('now'))
    UNION
    SELECT assignment.board_id, assignment.home_id, deputy.person_id FROM deputy
    JOIN assignment ON assignment.id = deputy.assignment_id
    WHERE home_id IN (SELECT home_id FROM protected_home) AND deputy.to_on >= date('now') AND deputy.ended_at IS NULL
);

-- The keys of what says where protected people are: of an errand (places, shops), of a person (telephone). Under a board
-- key of their own.
CREATE TABLE protected_key (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    wrapped_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX protected_key_board ON protected_key (board_id, id);

-- Who has looked at it, and why.
CREATE TABLE protected_look (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    reason BLOB NOT NULL,
    looked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX protected_look_errand ON protected_look (errand_id, id);

-- Boards get a key of that purpose when the program starts.
CREATE TABLE board_key_new (
    board_id BLOB NOT NULL REFERENCES board (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'protect', 'index', 'log')),
    version INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (board_id, purpose, version)
) STRICT, WITHOUT ROWID;
INSERT INTO board_key_new SELECT board_id, purpose, version, wrapped FROM board_key;
DROP TABLE board_key;
ALTER TABLE board_key_new RENAME TO board_key;
