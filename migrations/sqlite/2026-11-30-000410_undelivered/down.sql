DELETE FROM outbox WHERE kind = 'undelivered';
DELETE FROM letter_kind WHERE name = 'undelivered';
