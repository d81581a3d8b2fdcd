-- title: Cast to varchar(3)
-- trap: 17 (varchar(n))
-- postgres: an explicit cast cuts to three characters
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, note::varchar(3) AS short FROM people ORDER BY id
