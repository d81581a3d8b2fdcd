-- title: round of double precision
-- trap: 6 (round of float8)
-- postgres: rounds half to even: round(2.5) is 2, round(0.5) is 0
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, round(f) AS rounded FROM numbers ORDER BY id
