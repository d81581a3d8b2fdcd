-- title: OVERLAY
-- trap: - (missing function)
-- postgres: replaces one character by two
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, overlay(path PLACING 'XX' FROM 2 FOR 1) AS path FROM people ORDER BY id
