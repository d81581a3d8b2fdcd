-- title: Integer quotient per row
-- trap: 1 (integer division)
-- postgres: int4 / int4 is int4, truncated toward zero
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, a / b AS quotient FROM numbers WHERE b <> 0 ORDER BY id
