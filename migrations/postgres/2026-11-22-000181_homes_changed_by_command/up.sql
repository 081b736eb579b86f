-- A home's mark of protection can be set from the command line, which is nobody.
ALTER TABLE home_past ALTER COLUMN changed_by DROP NOT NULL;
