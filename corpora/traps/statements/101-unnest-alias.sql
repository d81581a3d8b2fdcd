-- title: unnest with a table alias
-- trap: 35 (set-returning functions)
-- postgres: the alias names the element
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, t FROM docs, unnest(tags) AS t ORDER BY id, t
