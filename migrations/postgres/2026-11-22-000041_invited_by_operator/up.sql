-- Nobody has invited whom the operator invites (famn import, famn person invite).
ALTER TABLE invitation ALTER COLUMN invited_by DROP NOT NULL;
