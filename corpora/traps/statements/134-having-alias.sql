-- title: An alias in HAVING
-- trap: 40 (alias scope)
-- postgres: fails with SQLSTATE 42703: HAVING does not see aliases
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT product, sum(qty) AS total FROM sales GROUP BY product HAVING total > 10 ORDER BY product
