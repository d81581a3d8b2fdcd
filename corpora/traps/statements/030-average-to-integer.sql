-- title: Average of integers cast to an integer
-- trap: 5 (cast to integer)
-- postgres: avg(int4) is numeric, and numeric rounds half away from zero: 2.5 becomes 3
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT region, avg(qty)::int AS average FROM sales GROUP BY region ORDER BY region
