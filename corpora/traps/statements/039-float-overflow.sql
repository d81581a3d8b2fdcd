-- title: Overflow of double precision
-- trap: 9 (overflow)
-- postgres: fails with SQLSTATE 22003 instead of giving infinity
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, f * 1e300::float8 AS product FROM numbers ORDER BY id
