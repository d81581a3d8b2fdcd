-- title: Remainder of a division by zero
-- trap: 2 (division by zero)
-- postgres: fails with SQLSTATE 22012
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, a % zero AS remainder FROM numbers ORDER BY id
