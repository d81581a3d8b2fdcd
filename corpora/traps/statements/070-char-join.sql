-- title: Join of a char(6) column with text
-- trap: 15 (PAD SPACE)
-- postgres: char becomes text without its padding before it is compared
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT p.id, x.v FROM people p JOIN (VALUES ('A1', 1), ('M8', 2)) AS x(c, v) ON p.code = x.c ORDER BY p.id
