-- title: generate_series in the select list
-- trap: 35 (set-returning functions)
-- postgres: one row for each number
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, generate_series(1, 2) AS n FROM sales WHERE id < 4 ORDER BY id, n
