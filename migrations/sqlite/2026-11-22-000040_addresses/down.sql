ALTER TABLE deputy DROP COLUMN ended_by;
ALTER TABLE deputy DROP COLUMN ended_at;
DROP TABLE address_change;
