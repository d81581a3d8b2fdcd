-- title: numeric quotient as text
-- trap: 3 (decimal quotient)
-- postgres: the text carries the scale that numeric division chose
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, (price / 4)::text AS quarter FROM numbers ORDER BY id
