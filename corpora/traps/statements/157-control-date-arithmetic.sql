-- title: Days between and days after
-- trap: 23 (dates)
-- postgres: date - date is an integer, date + integer a date
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, day - DATE '2024-01-01' AS days, day + 1 AS tomorrow FROM events ORDER BY id
