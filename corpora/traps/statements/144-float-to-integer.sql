-- title: double precision cast to integers
-- trap: 5 (cast to integer)
-- postgres: rounds half to even
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, f::int AS rounded FROM numbers WHERE id <> 8 ORDER BY id
