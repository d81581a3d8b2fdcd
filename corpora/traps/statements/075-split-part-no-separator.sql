-- title: split_part with an empty separator
-- trap: - (split_part)
-- postgres: the whole text is the only part
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, split_part(path, '', 1) AS part FROM people ORDER BY id
