-- title: The ~ operator
-- trap: 18 (regular expressions)
-- postgres: matches anywhere in the text
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE name ~ 'n' ORDER BY id
