-- title: array_to_string of an array of NULLs
-- trap: 33 (arrays)
-- postgres: an empty text
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, array_to_string(tags, ',') AS text FROM docs ORDER BY id
