INSERT INTO letter_kind VALUES ('errand_opened');
CREATE TABLE opening_reason (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO opening_reason VALUES ('deputising'), ('on_call'), ('consultation'), ('handover'), ('other');
-- Errands opened by colleagues without a relation to them, each for a while and with a reason.
CREATE TABLE opening (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    person_id UUID NOT NULL REFERENCES person (id),
    reason_code TEXT NOT NULL REFERENCES opening_reason (name),
    reason BYTEA,
    opened_at TIMESTAMPTZ NOT NULL,
    open_until TIMESTAMPTZ NOT NULL
);
CREATE INDEX opening_errand ON opening (errand_id, person_id, open_until);
