-- title: sha256 of bytes
-- trap: - (bytea)
-- postgres: 32 bytes, not their digits
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, sha256(raw) AS digest FROM docs ORDER BY id
