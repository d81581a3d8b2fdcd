-- title: LIKE pattern that ends with the escape
-- trap: 13 (LIKE escape)
-- postgres: fails with SQLSTATE 22025
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE path LIKE '%\' ORDER BY id
