-- title: Text with a fraction cast to an integer
-- trap: 42 (lenient casts)
-- postgres: fails with SQLSTATE 22P02: '3.14' is no integer
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, note::int AS number FROM people WHERE id IN (9, 10) ORDER BY id
