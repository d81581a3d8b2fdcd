-- title: Rounded average concatenated to text
-- trap: 8 (avg of integers)
-- postgres: round(numeric, 2) keeps two decimals in its text: 5.50
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT product, 'avg ' || round(avg(qty), 2) AS label FROM sales GROUP BY product ORDER BY product
