-- title: Sum beyond 64 bits
-- trap: 9 (overflow)
-- postgres: sum(int8) is numeric and does not overflow
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT sum(big) AS total FROM numbers WHERE id IN (1, 8)
