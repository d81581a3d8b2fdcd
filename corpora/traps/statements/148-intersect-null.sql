-- title: INTERSECT with NULLs
-- trap: - (set operations)
-- postgres: NULLs count as equal
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT region FROM sales INTERSECT SELECT region FROM targets ORDER BY region
