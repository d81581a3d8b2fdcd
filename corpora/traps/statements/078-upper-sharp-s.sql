-- title: Upper case of ß
-- trap: - (case mapping)
-- postgres: stays ß: one character maps to one character
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, upper(name) AS name FROM people ORDER BY id
