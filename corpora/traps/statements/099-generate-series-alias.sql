-- title: generate_series with a table alias
-- trap: 35 (set-returning functions)
-- postgres: the alias names the scalar column
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT g FROM generate_series(1, 5) AS g ORDER BY g
