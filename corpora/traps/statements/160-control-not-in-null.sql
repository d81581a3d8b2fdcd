-- title: NOT IN with a NULL in the subquery
-- trap: 38 (IN and NULL)
-- postgres: no row at all
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM sales WHERE region NOT IN (SELECT region FROM targets) ORDER BY id
