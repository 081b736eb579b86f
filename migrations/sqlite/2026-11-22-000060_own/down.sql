ALTER TABLE file DROP COLUMN kept_until;
ALTER TABLE session DROP COLUMN begun_with;
ALTER TABLE person DROP COLUMN notices;
