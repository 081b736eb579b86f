-- SQLite goes by the indexes of the circle already; here there is nothing to add.
SELECT 1;
