DROP TABLE conflict;
