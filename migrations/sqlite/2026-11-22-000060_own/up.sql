-- Whether a person wants letters that there is something new.
ALTER TABLE person ADD COLUMN notices INTEGER NOT NULL DEFAULT 1 CHECK (notices IN (0, 1));
-- With what and from where a session was begun, for its person to know it by; sealed under the person's key.
ALTER TABLE session ADD COLUMN begun_with BLOB;
-- Until when a file waits for an errand though a day has gone: a draft names it.
ALTER TABLE file ADD COLUMN kept_until INTEGER;
