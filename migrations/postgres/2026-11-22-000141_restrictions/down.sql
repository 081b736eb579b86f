DROP TABLE restricted_errand;
DROP TABLE restriction;
