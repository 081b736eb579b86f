ALTER TABLE board DROP COLUMN version;
DROP TABLE board_setting;
