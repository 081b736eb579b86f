DELETE FROM outbox WHERE kind = 'no_officer';
DELETE FROM letter_kind WHERE name = 'no_officer';
