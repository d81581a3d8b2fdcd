-- title: first_value of a descending partition
-- trap: 4 (NULL order)
-- postgres: the row with NULL amount is the first of its partition
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, first_value(id) OVER (PARTITION BY product ORDER BY amount DESC, id) AS best FROM sales ORDER BY id
