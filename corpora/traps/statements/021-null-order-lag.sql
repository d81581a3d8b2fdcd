-- title: lag over a descending text order
-- trap: 4 (NULL order)
-- postgres: the rows without region come first
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, lag(id) OVER (ORDER BY region DESC, id) AS previous FROM sales ORDER BY id
