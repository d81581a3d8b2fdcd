-- title: Seconds with their fraction
-- trap: 31 (extract second)
-- postgres: numeric with six decimals
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, extract(second FROM happened) AS seconds FROM events ORDER BY id
