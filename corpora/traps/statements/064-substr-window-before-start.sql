-- title: A window that starts before the text
-- trap: 16 (SUBSTRING)
-- postgres: counts the length from -1: only one character is left
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, substr(path, -1, 3) AS head FROM people ORDER BY id
