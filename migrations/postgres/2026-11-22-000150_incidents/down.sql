DROP TABLE isolation;
DROP TABLE incident;
DROP TABLE wrong_report;
DROP TABLE incident_state;
DROP TABLE item_kind;
DELETE FROM outbox WHERE kind = 'incident_opened';
DELETE FROM letter_kind WHERE name = 'incident_opened';
