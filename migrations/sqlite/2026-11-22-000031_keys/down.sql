DROP TABLE root_mark;
