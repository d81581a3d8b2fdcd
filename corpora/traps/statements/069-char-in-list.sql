-- title: char(6) column in a list
-- trap: 15 (PAD SPACE)
-- postgres: trailing blanks do not count
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE code IN ('A1', 'B2') ORDER BY id
