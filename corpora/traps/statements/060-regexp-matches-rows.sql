-- title: regexp_matches as a set-returning function
-- trap: 20 (regexp_matches)
-- postgres: one row for each match, with the groups as an array; no row without a match
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, regexp_matches(path, '([0-9]+)([a-z]+)') AS groups FROM people ORDER BY id
