-- Why a conflict of interest is over, sealed; nothing for those that ended before anyone was asked.
ALTER TABLE conflict ADD COLUMN end_reason BYTEA;
-- How long the files of an errand stay open to who has said why; nothing for looks from before.
ALTER TABLE protected_look ADD COLUMN shown_until TIMESTAMPTZ;
ALTER TABLE protected_look ADD COLUMN session_id UUID REFERENCES session (id);
