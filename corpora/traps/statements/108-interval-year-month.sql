-- title: An interval in SQL style
-- trap: - (interval input)
-- postgres: 1-2 is one year and two months
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT INTERVAL '1-2' AS span
