-- title: A negative length
-- trap: 16 (SUBSTRING)
-- postgres: fails with SQLSTATE 22011
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, substr(path, 2, -1) AS part FROM people WHERE id = 1
