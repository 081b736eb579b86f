-- Under which root key the keys of this database are: the eight digits that its file shows, written when it is first
-- opened. One row; whoever wraps a key under the root key holds it.
CREATE TABLE root_mark (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    root_check TEXT,
    lock_no BIGINT NOT NULL
);
INSERT INTO root_mark VALUES (1, NULL, 0);
