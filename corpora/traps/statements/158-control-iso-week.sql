-- title: ISO week, weekday and quarter
-- trap: 27 (weeks)
-- postgres: ISO 8601 weeks
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, extract(week FROM day) AS week, extract(dow FROM day) AS weekday, extract(quarter FROM day) AS quarter FROM events ORDER BY id
