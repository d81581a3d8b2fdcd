-- title: SUBSTRING with a regular expression
-- trap: 20 (regexp_substr)
-- postgres: the first match, NULL without one
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, substring(path FROM '[0-9]+') AS digits FROM people ORDER BY id
