-- A page may make a picture smaller before it sends it. What was chosen is known again by its own hash, sealed.
ALTER TABLE file ADD COLUMN chosen_sha256 BLOB;
