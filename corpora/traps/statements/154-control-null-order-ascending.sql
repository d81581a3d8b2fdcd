-- title: Ascending order with NULLs
-- trap: 4 (NULL order)
-- postgres: NULL comes last
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, amount FROM sales ORDER BY amount, id
