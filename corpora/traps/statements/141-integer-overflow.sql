-- title: Overflow of integers
-- trap: 9 (overflow)
-- postgres: fails with SQLSTATE 22003
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, a + 1 AS next FROM numbers ORDER BY id
