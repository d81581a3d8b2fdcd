-- title: Share of the total in whole percent
-- trap: 1 (integer division)
-- postgres: int8 / int8 truncates: 7, not 7.5
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT s.id, s.qty * 100 / t.total AS percent FROM sales s CROSS JOIN (SELECT sum(qty) AS total FROM sales) t ORDER BY s.id
