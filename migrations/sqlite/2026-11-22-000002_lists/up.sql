-- A list is found in the indexes alone: they hold the board, and of errands of whole homes only those.
DROP INDEX errand_assignment;
CREATE INDEX errand_assignment ON errand (assignment_id, id, board_id) WHERE assignment_id IS NOT NULL;
DROP INDEX errand_home;
CREATE INDEX errand_home ON errand (home_id, id, board_id);
CREATE INDEX errand_whole_home ON errand (home_id, id, board_id) WHERE assignment_id IS NULL;
DROP INDEX errand_assignee;
CREATE INDEX errand_assignee ON errand (assignee_id, id, board_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX home_unit ON home (unit_id);
