-- title: Decimals cast to integers
-- trap: 5 (cast to integer)
-- postgres: rounds half away from zero
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, amount::int AS amount FROM sales ORDER BY id
