-- title: div() of numerics
-- trap: 1 (integer division)
-- postgres: the integer quotient, truncated toward zero
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, div(price, 3) AS whole FROM numbers ORDER BY id
