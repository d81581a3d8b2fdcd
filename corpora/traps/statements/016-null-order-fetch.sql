-- title: Second page in descending order
-- trap: 4 (NULL order)
-- postgres: OFFSET 2 skips the NULL and the largest amount
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, amount FROM sales ORDER BY amount DESC, id OFFSET 2 ROWS FETCH NEXT 2 ROWS ONLY
