-- title: Names of VALUES columns
-- trap: 40 (column names)
-- postgres: column1, column2
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT column2, column1 FROM (VALUES (1, 'a'), (2, 'b')) AS v ORDER BY column1 DESC
