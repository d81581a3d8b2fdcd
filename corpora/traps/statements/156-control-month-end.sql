-- title: A month after a month end
-- trap: 28 (month ends)
-- postgres: 31 January and one month is 29 February
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, happened + INTERVAL '1 month' AS later FROM events ORDER BY id
