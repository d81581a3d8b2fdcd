-- title: DISTINCT ON keeps the first row of the order
-- trap: 4 (NULL order)
-- postgres: for `north` that is the row with NULL amount
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT DISTINCT ON (region) region, id, amount FROM sales ORDER BY region, amount DESC, id
