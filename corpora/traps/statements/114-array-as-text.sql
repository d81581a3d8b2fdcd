-- title: Array as text
-- trap: 33 (arrays)
-- postgres: {1,NULL,3}
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, tags::text AS text FROM docs ORDER BY id
