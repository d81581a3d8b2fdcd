-- title: NaN in comparisons and in max
-- trap: 43 (NaN)
-- postgres: NaN is larger than every number
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT sensor, max(value) AS most, count(*) FILTER (WHERE value > 100) AS large FROM readings GROUP BY sensor ORDER BY sensor
