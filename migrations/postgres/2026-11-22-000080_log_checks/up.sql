-- Checks of a board's log, asked for by an auditor or made by the program each day. What was found is told in the words
-- of the verification: ids and indexes, no content.
CREATE TABLE check_verdict (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO check_verdict VALUES ('whole'), ('not_whole'), ('unclear');
CREATE TABLE log_check (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    asked_by UUID REFERENCES person (id),
    asked_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ,
    verdict TEXT REFERENCES check_verdict (name),
    events BIGINT NOT NULL,
    signed BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX log_check_board ON log_check (board_id, id);
