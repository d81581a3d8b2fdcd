-- title: Sum of booleans
-- trap: 42 (lenient casts)
-- postgres: fails with SQLSTATE 42883: there is no such sum
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT sum(ok) AS n FROM events
