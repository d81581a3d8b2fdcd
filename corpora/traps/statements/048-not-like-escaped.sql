-- title: NOT LIKE with an escaped underscore
-- trap: 13 (LIKE escape)
-- postgres: keeps the paths without a literal _
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE path NOT LIKE '%\_%' ORDER BY id
