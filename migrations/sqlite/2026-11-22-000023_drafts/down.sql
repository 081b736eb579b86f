DROP TABLE draft;
DROP TABLE draft_kind;
