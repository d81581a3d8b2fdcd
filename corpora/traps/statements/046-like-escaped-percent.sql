-- title: LIKE with an escaped percent sign
-- trap: 13 (LIKE escape)
-- postgres: matches a literal %
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE path LIKE '%\%%' ORDER BY id
