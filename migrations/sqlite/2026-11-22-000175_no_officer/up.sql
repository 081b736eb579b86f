INSERT INTO letter_kind VALUES ('no_officer');
