-- What the command line changed has nobody to stand for it any more.
DELETE FROM home_past WHERE changed_by IS NULL;
ALTER TABLE home_past ALTER COLUMN changed_by SET NOT NULL;
