CREATE TABLE draft_kind (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO draft_kind VALUES ('message'), ('purchase_request'), ('travel_request'), ('receipt_claim');
-- What someone has typed and not sent: the author's alone, one a form.
CREATE TABLE draft (
    author_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    kind TEXT NOT NULL REFERENCES draft_kind (name),
    content BLOB NOT NULL,
    version INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    told_at INTEGER,
    PRIMARY KEY (author_id, id),
    UNIQUE (author_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_saved ON draft (saved_at);
