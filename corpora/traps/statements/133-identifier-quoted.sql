-- title: A quoted name in another case
-- trap: 39 (identifiers)
-- postgres: fails with SQLSTATE 42703: there is no column "ID"
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT "ID" FROM people ORDER BY 1
