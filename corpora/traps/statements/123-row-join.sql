-- title: Join on rows
-- trap: 38 (rows and NULL)
-- postgres: rows with a NULL never join
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT s.id FROM sales s JOIN targets t ON (s.region, 1) = (t.region, 1) ORDER BY s.id
