ALTER TABLE board DROP COLUMN last_label;
DROP INDEX assignment_service_user;
DROP TABLE assignment_past;
ALTER TABLE assignment DROP COLUMN version;
DROP TABLE home_past;
DROP TABLE role_proposal;
ALTER TABLE role_grant DROP COLUMN end_reason;
ALTER TABLE role_grant DROP COLUMN ended_by;
ALTER TABLE unit DROP COLUMN manager_id;
