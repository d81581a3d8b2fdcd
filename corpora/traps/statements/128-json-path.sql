-- title: A path in a JSON document
-- trap: 37 (JSON)
-- postgres: the second element of the array under b.c
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, doc #>> '{b,c,1}' AS element FROM docs ORDER BY id
