-- title: Cast to char(4)
-- trap: 17 (char(n))
-- postgres: cuts to four characters and pads with blanks to four
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, CAST(name AS char(4)) AS short FROM people ORDER BY id
