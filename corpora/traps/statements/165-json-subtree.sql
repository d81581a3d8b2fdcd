-- title: The text of a JSON object out of a document
-- trap: 37 (JSON)
-- postgres: the text as it was written, blanks included
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, (doc -> 'b')::text AS b FROM docs ORDER BY id
