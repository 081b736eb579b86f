-- What a board decides for itself, each from its day on; nothing is changed or taken away, the newest row that has begun counts.
CREATE TABLE board_setting (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    from_on TEXT NOT NULL,
    set_at TIMESTAMPTZ NOT NULL,
    set_by UUID REFERENCES person (id)
);
CREATE INDEX board_setting_board ON board_setting (board_id, name);
ALTER TABLE board ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
