-- title: Array concatenated with a NULL array
-- trap: 33 (arrays)
-- postgres: NULL counts as an empty array
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, tags || ARRAY[4, 5] AS tags FROM docs ORDER BY id
