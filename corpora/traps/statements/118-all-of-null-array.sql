-- title: <> ALL of a NULL array
-- trap: 38 (ANY and NULL)
-- postgres: NULL, not true
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, 3 <> ALL (tags) AS missing FROM docs ORDER BY id
