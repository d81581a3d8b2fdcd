-- title: to_char of a timestamp
-- trap: 29 (format models)
-- postgres: the pattern names day, month, year and time
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, to_char(happened, 'YYYY-MM-DD HH24:MI:SS') AS text FROM events ORDER BY id
