-- title: A JSON key that looks like a path
-- trap: 37 (JSON)
-- postgres: a plain key, which no document has: NULL
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, doc ->> '$.s' AS s FROM docs ORDER BY id
