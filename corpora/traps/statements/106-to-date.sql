-- title: to_date with a pattern
-- trap: 29 (format models)
-- postgres: 29 February 2024
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT to_date('29/02/2024', 'DD/MM/YYYY') AS day
