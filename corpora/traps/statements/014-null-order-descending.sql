-- title: Descending order with NULLs
-- trap: 4 (NULL order)
-- postgres: NULL counts as the largest value, so DESC puts it first
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, a FROM numbers ORDER BY a DESC, id
