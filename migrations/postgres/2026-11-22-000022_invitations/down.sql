DROP TABLE recovery;
DROP TABLE invitation;
ALTER TABLE outbox DROP COLUMN address;
ALTER TABLE outbox DROP COLUMN token;
DELETE FROM letter_kind WHERE name IN ('invitation', 'recovery', 'contact_changed', 'alarm');
