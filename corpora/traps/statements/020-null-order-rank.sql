-- title: rank in descending partitions
-- trap: 4 (NULL order)
-- postgres: a NULL amount ranks first
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, rank() OVER (PARTITION BY product ORDER BY amount DESC) AS place FROM sales ORDER BY id
