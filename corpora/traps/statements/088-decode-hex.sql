-- title: decode from hexadecimal digits
-- trap: - (bytea)
-- postgres: four bytes
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT decode('deadbeef', 'hex') AS raw
