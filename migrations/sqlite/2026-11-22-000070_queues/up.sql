-- What is open is little beside what has been: the counts beside the queues are found in these alone. A query meets
-- them by the very same words.
CREATE INDEX errand_open_assignment ON errand (assignment_id, id, board_id, state, assignee_id)
    WHERE assignment_id IS NOT NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
CREATE INDEX errand_open_home ON errand (home_id, id, board_id, state, assignee_id)
    WHERE assignment_id IS NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
CREATE INDEX errand_open_assignee ON errand (assignee_id, id, board_id, state)
    WHERE assignee_id IS NOT NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
