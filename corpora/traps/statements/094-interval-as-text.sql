-- title: interval as text
-- trap: - (interval output)
-- postgres: 1 mon, 2 mons, -1 days +02:00:00
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, took::text AS text FROM events ORDER BY id
