-- title: An alias that hides a column, in GROUP BY
-- trap: 40 (alias scope)
-- postgres: GROUP BY prefers the column
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT abs(a) AS a, sum(b) AS total FROM numbers WHERE id <= 4 GROUP BY a ORDER BY a, total
