ALTER TABLE recertification_told DROP COLUMN reminded_at;
DELETE FROM recertification WHERE kind <> 'role';
ALTER TABLE recertification DROP COLUMN kind;
ALTER TABLE recertification ADD CONSTRAINT recertification_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES role_grant (id);
