-- Checks of a board's log, asked for by an auditor or made by the program each day. What was found is told in the words
-- of the verification: ids and indexes, no content.
CREATE TABLE check_verdict (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO check_verdict VALUES ('whole'), ('not_whole'), ('unclear');
CREATE TABLE log_check (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    asked_by BLOB REFERENCES person (id),
    asked_at INTEGER NOT NULL,
    done_at INTEGER,
    verdict TEXT REFERENCES check_verdict (name),
    events INTEGER NOT NULL,
    signed INTEGER NOT NULL,
    findings INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX log_check_board ON log_check (board_id, id);
