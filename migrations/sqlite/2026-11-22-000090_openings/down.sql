DROP TABLE opening;
DROP TABLE opening_reason;
DELETE FROM outbox WHERE kind = 'errand_opened';
DELETE FROM letter_kind WHERE name = 'errand_opened';
