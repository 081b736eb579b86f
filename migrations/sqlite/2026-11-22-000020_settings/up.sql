-- What a board decides for itself, each from its day on; nothing is changed or taken away, the newest row that has begun counts.
CREATE TABLE board_setting (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    from_on TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    set_by BLOB REFERENCES person (id)
) STRICT;
CREATE INDEX board_setting_board ON board_setting (board_id, name);
ALTER TABLE board ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
