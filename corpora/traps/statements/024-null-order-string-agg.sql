-- title: string_agg in descending order of another column
-- trap: 4 (NULL order)
-- postgres: the product without amount comes first
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT region, string_agg(product, ',' ORDER BY amount DESC, id) AS products FROM sales GROUP BY region ORDER BY region
