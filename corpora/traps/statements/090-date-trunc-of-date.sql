-- title: Month of a date as text
-- trap: 23 (date_trunc of a date)
-- postgres: date_trunc of a date is timestamp with time zone
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, date_trunc('month', day)::text AS month FROM events ORDER BY id
