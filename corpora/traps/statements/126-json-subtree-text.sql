-- title: A JSON array as text
-- trap: 37 (JSON)
-- postgres: the text as it was written, blanks included
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, doc -> 'b' ->> 'c' AS c FROM docs WHERE id < 4 ORDER BY id
