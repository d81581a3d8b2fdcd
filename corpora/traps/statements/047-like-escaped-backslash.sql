-- title: LIKE with an escaped backslash
-- trap: 13 (LIKE escape)
-- postgres: two backslashes match one
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE path LIKE 'C:\\temp%' ORDER BY id
