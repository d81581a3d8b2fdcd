-- title: SUBSTRING from a position before the text
-- trap: 16 (SUBSTRING)
-- postgres: positions below 1 are empty, the rest is given
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, substring(path FROM -1) AS rest FROM people ORDER BY id
