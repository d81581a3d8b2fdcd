-- title: greatest and least with NULL
-- trap: 10 (GREATEST and NULL)
-- postgres: NULLs are skipped
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, greatest(a, b) AS most, least(a, b) AS fewest FROM numbers ORDER BY id
