-- title: format() with %s placeholders
-- trap: - (format)
-- postgres: %s is replaced by each argument in turn
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, format('%s-%s', name, id) AS label FROM people ORDER BY id
