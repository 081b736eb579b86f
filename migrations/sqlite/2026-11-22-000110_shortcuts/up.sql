-- Whether the keyboard's shortcuts are on at the team's pages; each person's own choice.
ALTER TABLE person ADD COLUMN shortcuts INTEGER NOT NULL DEFAULT 1 CHECK (shortcuts IN (0, 1));
