-- title: row_number over a descending order
-- trap: 4 (NULL order)
-- postgres: the NULL gets number 1
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, row_number() OVER (ORDER BY a DESC, id) AS position FROM numbers ORDER BY id
