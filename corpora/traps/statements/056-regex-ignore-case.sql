-- title: The ~* operator
-- trap: 18 (regular expressions)
-- postgres: matches anywhere, ignoring case
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE name ~* '^A' ORDER BY id
