ALTER TABLE person DROP COLUMN shortcuts;
