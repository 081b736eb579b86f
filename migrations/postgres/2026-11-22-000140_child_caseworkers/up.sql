-- Whoever answers for a child reaches the errands of its assignments.
CREATE INDEX assignment_child_caseworker ON assignment (child_caseworker_id) WHERE child_caseworker_id IS NOT NULL;
