-- title: A time zone with an offset
-- trap: 30 (time zones)
-- postgres: POSIX style: UTC+3 lies west of Greenwich
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, recorded AT TIME ZONE 'UTC+3' AS local FROM events ORDER BY id
