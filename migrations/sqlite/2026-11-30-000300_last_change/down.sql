DROP INDEX errand_open_assignee;
CREATE INDEX errand_open_assignee ON errand (assignee_id, id, board_id, state)
    WHERE assignee_id IS NOT NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
DROP INDEX errand_open_home;
CREATE INDEX errand_open_home ON errand (home_id, id, board_id, state, assignee_id)
    WHERE assignment_id IS NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
DROP INDEX errand_open_assignment;
CREATE INDEX errand_open_assignment ON errand (assignment_id, id, board_id, state, assignee_id)
    WHERE assignment_id IS NOT NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
DROP INDEX errand_changed_home;
DROP INDEX errand_changed_assignee;
DROP INDEX errand_changed_whole_home;
DROP INDEX errand_changed_assignment;
ALTER TABLE errand DROP COLUMN team_updated_at;
