-- title: A window over one month by RANGE
-- trap: none
-- postgres: calendar months
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, sum(qty) OVER (ORDER BY sold RANGE BETWEEN INTERVAL '1 month' PRECEDING AND CURRENT ROW) AS qty FROM sales ORDER BY id
