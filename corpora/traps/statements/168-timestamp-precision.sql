-- title: Timestamps rounded to seconds
-- trap: - (timestamp input)
-- postgres: rounds half away from the year 2000
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, happened::timestamp(0) AS at FROM events ORDER BY id
