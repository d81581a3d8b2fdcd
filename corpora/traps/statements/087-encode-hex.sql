-- title: encode to hexadecimal digits
-- trap: - (bytea)
-- postgres: lower-case digits
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, encode(raw, 'hex') AS digits FROM docs ORDER BY id
