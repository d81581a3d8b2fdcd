-- title: bytea compared with a hexadecimal literal
-- trap: - (bytea)
-- postgres: '\xdeadbeef' is four bytes
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM docs WHERE raw = '\xdeadbeef' ORDER BY id
