-- title: Text to numeric without precision
-- trap: 7 (bare numeric)
-- postgres: keeps every digit of the text
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT '123.456789'::numeric AS n
