-- title: FULL JOIN USING
-- trap: 40 (column order)
-- postgres: the joined column is the one that is not NULL
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT region, t.goal, s.id FROM sales s FULL JOIN targets t USING (region) ORDER BY region, t.goal, s.id
