-- Whoever replaces a view decides what every statement that names it finds. Where someone is protected is asked of the
-- tables themselves.
DROP VIEW protected_home;
