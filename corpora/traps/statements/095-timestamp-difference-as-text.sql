-- title: Difference of timestamps as text
-- trap: - (interval output)
-- postgres: -1 days, in the plural
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, (happened - TIMESTAMP '2024-01-01')::text AS text FROM events ORDER BY id
