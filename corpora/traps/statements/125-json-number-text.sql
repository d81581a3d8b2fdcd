-- title: A JSON number as text
-- trap: 37 (JSON)
-- postgres: the digits as they were written: 2.50
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, doc ->> 'a' AS a FROM docs ORDER BY id
