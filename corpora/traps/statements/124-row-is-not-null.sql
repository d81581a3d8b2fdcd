-- title: IS NOT NULL of a row
-- trap: 38 (rows and NULL)
-- postgres: true only where every field is not NULL
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM sales WHERE ROW(region, qty) IS NOT NULL ORDER BY id
