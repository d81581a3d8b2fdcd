-- title: Concatenation of a char(6) column
-- trap: 15 (PAD SPACE)
-- postgres: char loses its padding when it becomes text
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, code || '|' AS marked FROM people ORDER BY id
