-- title: Length of a char(6) column
-- trap: 15 (PAD SPACE)
-- postgres: trailing blanks are not counted
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, length(code) AS n FROM people ORDER BY id
