DROP TABLE paper_errand;
