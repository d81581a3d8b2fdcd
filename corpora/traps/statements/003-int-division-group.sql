-- title: Buckets by integer division in GROUP BY
-- trap: 1 (integer division)
-- postgres: pairs of ids share a bucket
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id / 2 AS half, count(*) AS n FROM sales GROUP BY id / 2 ORDER BY half
