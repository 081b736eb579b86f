INSERT INTO letter_kind VALUES ('undelivered');
