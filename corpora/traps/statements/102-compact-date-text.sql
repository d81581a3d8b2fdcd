-- title: A date without separators
-- trap: 42 (lenient casts)
-- postgres: 2024-02-29
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT '20240229'::date AS day
