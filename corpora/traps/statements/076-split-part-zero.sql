-- title: split_part with position 0
-- trap: - (split_part)
-- postgres: fails with SQLSTATE 22023
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, split_part(path, ',', 0) AS part FROM people ORDER BY id
