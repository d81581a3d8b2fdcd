-- title: bytea as text
-- trap: - (bytea)
-- postgres: hexadecimal digits after \x
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, raw::text AS text FROM docs ORDER BY id
