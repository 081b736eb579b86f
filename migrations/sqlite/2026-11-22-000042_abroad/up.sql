-- A stay abroad of a child in care under LVU: the child's caseworker is to be heard.
INSERT INTO warning_code VALUES ('child_caseworker');
