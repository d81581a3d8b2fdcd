-- title: Even numbers by dividing and multiplying back
-- trap: 1 (integer division)
-- postgres: a / 2 * 2 = a holds for even a only
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM numbers WHERE a / 2 * 2 = a ORDER BY id
