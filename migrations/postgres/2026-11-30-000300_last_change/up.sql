-- What the team alone sees of an errand (notes, to whom it is given, what is reported as wrong, who has opened it) is no
-- change to its home: each side's last change has a time of its own.
ALTER TABLE errand ADD COLUMN team_updated_at TIMESTAMPTZ;
UPDATE errand SET team_updated_at = GREATEST(
    updated_at,
    (SELECT max(written_at) FROM note WHERE note.errand_id = errand.id),
    (SELECT max(reported_at) FROM wrong_report WHERE wrong_report.errand_id = errand.id),
    (SELECT max(opened_at) FROM opening WHERE opening.errand_id = errand.id),
    (SELECT to_timestamp(max(at_ms) / 1000.0) FROM audit_event WHERE audit_event.errand_id = errand.id
        AND action = 'errand.assign' AND outcome = 'ok')
);
ALTER TABLE errand ALTER COLUMN team_updated_at SET NOT NULL;
-- Whoever had seen an errand as it stood has nothing new in it.
UPDATE read_mark SET read_at = GREATEST(read_at, errand.team_updated_at) FROM errand
WHERE errand.id = read_mark.errand_id AND read_mark.read_at >= errand.updated_at;
-- A report moved the home's time too until now. That goes back to the last change which the home saw.
UPDATE errand SET updated_at = LEAST(updated_at, GREATEST(
    received_at,
    (SELECT max(sent_at) FROM message WHERE message.errand_id = errand.id),
    (SELECT max(decided_at) FROM decision WHERE decision.errand_id = errand.id),
    (SELECT max(reviewed_at) FROM review WHERE review.errand_id = errand.id),
    (SELECT max(isolated_at) FROM isolation WHERE isolation.errand_id = errand.id),
    (SELECT max(lifted_at) FROM isolation WHERE isolation.errand_id = errand.id),
    (SELECT to_timestamp((max(at_ms) + 1) / 1000.0) FROM audit_event WHERE audit_event.errand_id = errand.id
        AND action = 'errand.state' AND outcome = 'ok')
))
WHERE EXISTS (SELECT 1 FROM wrong_report WHERE wrong_report.errand_id = errand.id);
-- So does that of errands which a home sees as they stood: ids rise with time.
UPDATE restricted_errand SET updated_at = LEAST(updated_at, GREATEST(
    (SELECT received_at FROM errand WHERE errand.id = restricted_errand.errand_id),
    (SELECT max(sent_at) FROM message WHERE message.errand_id = restricted_errand.errand_id
        AND message.id < restricted_errand.restriction_id),
    (SELECT max(decided_at) FROM decision WHERE decision.errand_id = restricted_errand.errand_id
        AND decision.id < restricted_errand.restriction_id),
    (SELECT max(reviewed_at) FROM review WHERE review.errand_id = restricted_errand.errand_id
        AND review.id < restricted_errand.restriction_id),
    (SELECT max(isolated_at) FROM isolation WHERE isolation.errand_id = restricted_errand.errand_id
        AND isolation.id < restricted_errand.restriction_id),
    (SELECT max(lifted_at) FROM isolation WHERE isolation.errand_id = restricted_errand.errand_id
        AND lifted_at <= (SELECT restricted_at FROM restriction WHERE restriction.id = restricted_errand.restriction_id)),
    (SELECT to_timestamp((max(at_ms) + 1) / 1000.0) FROM audit_event WHERE audit_event.errand_id = restricted_errand.errand_id
        AND action = 'errand.state' AND outcome = 'ok' AND audit_event.id < restricted_errand.restriction_id)
))
WHERE EXISTS (SELECT 1 FROM wrong_report WHERE wrong_report.errand_id = restricted_errand.errand_id);

-- Lists by last change are found in the indexes alone, and what is urgent in them.
CREATE INDEX errand_changed_assignment ON errand (assignment_id, team_updated_at, id, board_id, urgent)
    WHERE assignment_id IS NOT NULL;
CREATE INDEX errand_changed_whole_home ON errand (home_id, team_updated_at, id, board_id, urgent, assignment_id)
    WHERE assignment_id IS NULL;
CREATE INDEX errand_changed_assignee ON errand (assignee_id, team_updated_at, id, board_id, urgent)
    WHERE assignee_id IS NOT NULL;
CREATE INDEX errand_changed_home ON errand (home_id, updated_at, id, board_id, urgent);
DROP INDEX errand_open_assignment;
CREATE INDEX errand_open_assignment ON errand (assignment_id, id, board_id, state, assignee_id, urgent)
    WHERE assignment_id IS NOT NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
DROP INDEX errand_open_home;
CREATE INDEX errand_open_home ON errand (home_id, id, board_id, state, assignee_id, urgent)
    WHERE assignment_id IS NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
DROP INDEX errand_open_assignee;
CREATE INDEX errand_open_assignee ON errand (assignee_id, id, board_id, state, urgent)
    WHERE assignee_id IS NOT NULL
      AND state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested');
