-- title: date_part of the seconds
-- trap: 31 (extract second)
-- postgres: double precision with the fraction
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, date_part('second', happened) AS seconds FROM events ORDER BY id
