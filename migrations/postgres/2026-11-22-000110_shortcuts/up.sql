-- Whether the keyboard's shortcuts are on at the team's pages; each person's own choice.
ALTER TABLE person ADD COLUMN shortcuts BOOLEAN NOT NULL DEFAULT TRUE;
