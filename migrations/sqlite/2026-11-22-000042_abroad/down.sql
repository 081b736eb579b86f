DELETE FROM warning WHERE code = 'child_caseworker';
DELETE FROM warning_code WHERE name = 'child_caseworker';
