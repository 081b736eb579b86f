DROP TABLE recertification_told;
DROP TABLE recertification;
