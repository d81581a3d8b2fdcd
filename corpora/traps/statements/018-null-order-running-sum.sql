-- title: Running total in descending order
-- trap: 4 (NULL order)
-- postgres: the frame starts at the NULL, so its total is NULL
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, sum(amount) OVER (ORDER BY amount DESC, id) AS total FROM sales ORDER BY id
