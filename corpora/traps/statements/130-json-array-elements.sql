-- title: Elements of a JSON array as rows
-- trap: 37 (JSON)
-- postgres: one row for each element
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT e.value::text AS element FROM docs d, json_array_elements(d.doc) AS e WHERE d.id = 4
