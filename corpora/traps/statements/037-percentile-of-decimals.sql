-- title: percentile_cont over decimals
-- trap: - (percentile type)
-- postgres: interpolates in double precision
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT percentile_cont(0.3) WITHIN GROUP (ORDER BY amount) AS p30 FROM sales
