-- title: First element of an ordered array_agg
-- trap: 4 (NULL order)
-- postgres: the id with NULL amount comes first
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT (array_agg(id ORDER BY amount DESC, id))[1] AS best FROM sales
