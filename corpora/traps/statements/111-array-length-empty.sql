-- title: Length of an empty array
-- trap: 32 (arrays)
-- postgres: NULL, since it has no dimension
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, array_length(tags, 1) AS n FROM docs ORDER BY id
