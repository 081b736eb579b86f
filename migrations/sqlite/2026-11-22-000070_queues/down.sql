DROP INDEX errand_open_assignee;
DROP INDEX errand_open_home;
DROP INDEX errand_open_assignment;
