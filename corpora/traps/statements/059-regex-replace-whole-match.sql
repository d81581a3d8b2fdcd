-- title: The whole match in the replacement
-- trap: 19 (REGEXP_REPLACE)
-- postgres: \& stands for the whole match
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, regexp_replace(path, '[0-9]+', '<\&>') AS path FROM people ORDER BY id
