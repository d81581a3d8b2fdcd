-- title: round of decimals
-- trap: 6 (round of numeric)
-- postgres: rounds half away from zero
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, round(price, 1) AS tenth, round(price) AS whole FROM numbers ORDER BY id
