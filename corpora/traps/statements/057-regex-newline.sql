-- title: A dot and a line break
-- trap: 18 (regular expressions)
-- postgres: a dot matches the line break too
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT 'a' || chr(10) || 'b' ~ 'a.b' AS matched
