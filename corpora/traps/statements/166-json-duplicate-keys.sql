-- title: A JSON key that appears twice
-- trap: 37 (JSON)
-- postgres: the last one counts
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT '{"a": "1", "a": "2"}'::json ->> 'a' AS a
