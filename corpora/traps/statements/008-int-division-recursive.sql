-- title: Integer division inside a recursive query
-- trap: 1 (integer division)
-- postgres: halving 100 over and over ends at 0
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
WITH RECURSIVE halves(n) AS (SELECT 100 UNION ALL SELECT n / 2 FROM halves WHERE n > 0) SELECT n FROM halves ORDER BY n
