-- title: Local time around the change to and from summer time
-- trap: 30 (time zones)
-- postgres: the offset of that moment is used
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, recorded AT TIME ZONE 'America/New_York' AS local FROM events ORDER BY id
