DROP INDEX outbox_dead;
DROP INDEX outbox_sending;
UPDATE outbox SET state = 'waiting' WHERE state IN ('sending', 'dead');
ALTER TABLE outbox DROP COLUMN died_at;
ALTER TABLE outbox DROP COLUMN failure;
DROP TABLE letter_failure;
DELETE FROM letter_state WHERE name IN ('sending', 'dead');
