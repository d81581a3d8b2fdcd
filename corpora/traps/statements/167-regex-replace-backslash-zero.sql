-- title: A backslash and a zero in the replacement
-- trap: 19 (REGEXP_REPLACE)
-- postgres: \0 is no reference: both characters stay
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, regexp_replace(path, '[0-9]+', '<\0>') AS path FROM people ORDER BY id
