-- title: Top three, where a NULL is among them
-- trap: 4 (NULL order)
-- postgres: the row with NULL amount is the first of the three
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, amount FROM sales ORDER BY amount DESC, id LIMIT 3
