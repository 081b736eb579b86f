CREATE VIEW protected_home AS
SELECT id AS home_id, board_id FROM home WHERE protected <> 'none'
UNION ALL
SELECT assignment.home_id, service_user.board_id FROM service_user
JOIN assignment ON assignment.service_user_id = service_user.id WHERE service_user.protected <> 'none'
UNION ALL
SELECT home_member.home_id, person.board_id FROM person
JOIN home_member ON home_member.person_id = person.id WHERE person.protected <> 'none';
