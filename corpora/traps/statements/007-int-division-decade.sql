-- title: Decades from years
-- trap: 1 (integer division)
-- postgres: 1999 / 10 * 10 is 1990
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT extract(year FROM day)::int / 10 * 10 AS decade, count(*) AS n FROM events GROUP BY 1 ORDER BY 1
