-- title: double precision as text
-- trap: 43 (NaN and infinity)
-- postgres: NaN, Infinity, -Infinity, 0 and -0 have these spellings
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, value::text AS text FROM readings ORDER BY id
