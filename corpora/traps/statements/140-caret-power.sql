-- title: The ^ operator
-- trap: - (operators)
-- postgres: raises to a power
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, a ^ 2 AS square FROM numbers ORDER BY id
