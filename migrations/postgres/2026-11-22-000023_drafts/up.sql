CREATE TABLE draft_kind (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO draft_kind VALUES ('message'), ('purchase_request'), ('travel_request'), ('receipt_claim');
-- What someone has typed and not sent: the author's alone, one a form.
CREATE TABLE draft (
    author_id UUID NOT NULL REFERENCES person (id),
    id UUID NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    kind TEXT NOT NULL REFERENCES draft_kind (name),
    content BYTEA NOT NULL,
    version BIGINT NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ,
    PRIMARY KEY (author_id, id),
    UNIQUE (author_id, kind)
);
CREATE INDEX draft_saved ON draft (saved_at);
