-- A home's mark of protection can be set from the command line, which is nobody.
CREATE TABLE home_past_new (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL REFERENCES home_kind (name),
    protected TEXT NOT NULL REFERENCES protection (name),
    name BLOB NOT NULL,
    version INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    changed_by BLOB
) STRICT;
INSERT INTO home_past_new
SELECT id, board_id, home_id, unit_id, kind, protected, name, version, until_at, changed_by FROM home_past;
DROP TABLE home_past;
ALTER TABLE home_past_new RENAME TO home_past;
CREATE INDEX home_past_home ON home_past (home_id);
