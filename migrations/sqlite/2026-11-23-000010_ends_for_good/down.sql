ALTER TABLE protected_look DROP COLUMN session_id;
ALTER TABLE protected_look DROP COLUMN shown_until;
ALTER TABLE conflict DROP COLUMN end_reason;
