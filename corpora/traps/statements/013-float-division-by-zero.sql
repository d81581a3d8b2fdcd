-- title: double precision division by zero
-- trap: 2 (division by zero)
-- postgres: fails with SQLSTATE 22012; IEEE 754 infinity is not given
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, f / zero AS quotient FROM numbers ORDER BY id
