-- title: SELECT * of a JOIN USING
-- trap: 40 (column order)
-- postgres: the joined column comes first, once
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT * FROM sales JOIN targets USING (region) ORDER BY id
