DELETE FROM warning_code WHERE name = 'over_request';
