-- title: Milliseconds with their fraction
-- trap: 31 (extract second)
-- postgres: numeric with three decimals
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, extract(milliseconds FROM happened) AS ms FROM events ORDER BY id
