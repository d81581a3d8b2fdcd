-- title: Length in bytes
-- trap: - (missing function)
-- postgres: counts UTF-8 bytes
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, octet_length(name) AS bytes FROM people ORDER BY id
