-- title: Descending order of booleans
-- trap: 4 (NULL order)
-- postgres: unknown, true, false
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, ok FROM events ORDER BY ok DESC, id
