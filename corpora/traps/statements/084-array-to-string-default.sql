-- title: array_to_string with a text for NULL
-- trap: - (missing function)
-- postgres: NULL elements become `*`
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, array_to_string(tags, ',', '*') AS text FROM docs ORDER BY id
