-- title: Sum of intervals
-- trap: - (missing function)
-- postgres: months, days and microseconds are added apart
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT sum(took) AS total FROM events
