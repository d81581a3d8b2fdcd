-- title: ROLLUP with a NULL group and grouping()
-- trap: none
-- postgres: the group of NULLs and the total differ by grouping()
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT region, grouping(region) AS total, sum(qty) AS qty FROM sales GROUP BY ROLLUP (region) ORDER BY grouping(region), region
