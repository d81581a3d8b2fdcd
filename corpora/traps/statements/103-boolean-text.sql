-- title: on and off as booleans
-- trap: 42 (lenient casts)
-- postgres: on is true, off is false
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT 'on'::boolean AS yes, 'off'::boolean AS no
