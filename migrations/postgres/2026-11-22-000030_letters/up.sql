-- Letters that a mail server takes, puts off or refuses. `sending`: handed over, its answer not known yet.
INSERT INTO letter_state VALUES ('sending'), ('dead');
CREATE TABLE letter_failure (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO letter_failure VALUES ('unreachable'), ('put_off'), ('refused'), ('address'), ('expired'), ('uncertain');
-- failure: why it was not taken the last time. died_at: since when nothing more is tried.
ALTER TABLE outbox ADD COLUMN failure TEXT REFERENCES letter_failure (name);
ALTER TABLE outbox ADD COLUMN died_at TIMESTAMPTZ;
CREATE INDEX outbox_sending ON outbox (next_try_at) WHERE state = 'sending';
CREATE INDEX outbox_dead ON outbox (board_id, id) WHERE state = 'dead';
