-- title: Equality of rows with a NULL
-- trap: 38 (rows and NULL)
-- postgres: NULL where the NULL decides
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, (a, b) = (NULL, 3) AS same FROM numbers ORDER BY id
