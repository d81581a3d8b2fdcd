-- title: Month ends by generate_series
-- trap: 35 (set-returning functions)
-- postgres: each step is added to the one before: 31 January, 29 February, 29 March
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT g::date AS day FROM generate_series(TIMESTAMP '2024-01-31', TIMESTAMP '2024-04-30', INTERVAL '1 month') AS g ORDER BY g
