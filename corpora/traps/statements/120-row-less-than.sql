-- title: Order of rows with a NULL
-- trap: 38 (rows and NULL)
-- postgres: compares from the left; NULL as soon as a NULL decides
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, (a, b) < (7, 3) AS less FROM numbers ORDER BY id
