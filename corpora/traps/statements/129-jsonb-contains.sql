-- title: jsonb containment
-- trap: 37 (JSON)
-- postgres: true where the document has a: 1
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, doc::jsonb @> '{"a": 1}' AS has FROM docs ORDER BY id
