-- title: Equality of intervals
-- trap: - (interval order)
-- postgres: a month equals 30 days
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM events WHERE took = INTERVAL '30 days' ORDER BY id
