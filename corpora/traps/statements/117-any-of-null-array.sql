-- title: = ANY of a NULL array
-- trap: 38 (ANY and NULL)
-- postgres: NULL, not false
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, 3 = ANY (tags) AS found FROM docs ORDER BY id
