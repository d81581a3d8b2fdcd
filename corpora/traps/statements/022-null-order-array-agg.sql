-- title: array_agg in descending order
-- trap: 4 (NULL order)
-- postgres: the array starts with NULL
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT array_agg(a ORDER BY a DESC) AS values FROM numbers
