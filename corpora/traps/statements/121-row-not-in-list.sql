-- title: NOT IN of rows with a NULL
-- trap: 38 (rows and NULL)
-- postgres: a row that could be equal is left out
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM sales WHERE (region, product) NOT IN (('north', 'pen'), ('south', NULL)) ORDER BY id
