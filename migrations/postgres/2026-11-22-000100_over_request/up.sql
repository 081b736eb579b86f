-- More is granted than was asked for. Told beside the decision that stands, so no row bears it.
INSERT INTO warning_code VALUES ('over_request');
