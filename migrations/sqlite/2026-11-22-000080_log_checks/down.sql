DROP TABLE log_check;
DROP TABLE check_verdict;
