-- title: Pages of four by integer division in WHERE
-- trap: 1 (integer division)
-- postgres: id / 4 = 1 holds for ids 4 to 7
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM sales WHERE id / 4 = 1 ORDER BY id
