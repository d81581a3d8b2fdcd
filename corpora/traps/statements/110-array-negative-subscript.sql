-- title: Subscript -1
-- trap: 32 (subscripts)
-- postgres: no element: NULL
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, tags[-1] AS tag FROM docs ORDER BY id
