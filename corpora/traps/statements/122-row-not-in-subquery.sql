-- title: NOT IN of rows from a subquery
-- trap: 38 (rows and NULL)
-- postgres: only rows that surely differ are kept
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id FROM numbers WHERE (a, b) NOT IN (SELECT a, b FROM numbers WHERE id IN (1, 6)) ORDER BY id
