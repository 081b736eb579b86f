DROP TABLE protected_look;
DROP TABLE protected_key;
DROP TABLE protected_grant;
DROP VIEW protected_home;
DROP INDEX person_protected;
DROP INDEX home_protected;
DROP INDEX service_user_protected;
ALTER TABLE person DROP COLUMN protected;
