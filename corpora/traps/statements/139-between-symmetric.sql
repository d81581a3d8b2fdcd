-- title: BETWEEN SYMMETRIC
-- trap: - (missing syntax)
-- postgres: the bounds may come in any order
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id FROM numbers WHERE a BETWEEN SYMMETRIC 10 AND 1 ORDER BY id
