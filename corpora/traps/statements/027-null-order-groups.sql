-- title: Groups by count, then region descending
-- trap: 4 (NULL order)
-- postgres: the group without region comes before `south`
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT region, count(*) AS n FROM sales GROUP BY region ORDER BY n DESC, region DESC
