-- title: A JSON object of columns
-- trap: 37 (JSON)
-- postgres: keys in the order given
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT json_build_object('region', region, 'goal', goal) AS doc FROM targets ORDER BY goal
