-- title: btrim with a set of characters
-- trap: - (missing function)
-- postgres: removes the characters from both ends
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, btrim(path, 'Ca') AS path FROM people ORDER BY id
