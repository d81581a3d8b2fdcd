-- title: numeric quotient cast to an integer
-- trap: 5 (cast to integer)
-- postgres: qty / 2.0 is numeric and rounds half away from zero
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, (qty / 2.0)::int AS half FROM sales ORDER BY id
