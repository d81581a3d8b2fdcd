-- title: Word characters beyond ASCII
-- trap: 18 (regular expressions)
-- postgres: letters such as ë and Ж are word characters
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE name ~ '^\w+$' ORDER BY id
