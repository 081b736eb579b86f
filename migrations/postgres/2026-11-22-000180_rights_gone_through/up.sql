-- A unit's manager goes through deputies and those named for protected homes too, so what is said is not always of a role.
ALTER TABLE recertification DROP CONSTRAINT recertification_grant_id_fkey;
ALTER TABLE recertification ADD COLUMN kind TEXT NOT NULL DEFAULT 'role' CHECK (kind IN ('role', 'deputy', 'protected'));
ALTER TABLE recertification ALTER COLUMN kind DROP DEFAULT;

-- When it was told that what waits is overdue.
ALTER TABLE recertification_told ADD COLUMN reminded_at TIMESTAMPTZ;
