-- title: Division by an untyped literal
-- trap: 1 (integer division)
-- postgres: '2' takes the type of the other operand: 7 / 2 is 3
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, a / '2' AS half FROM numbers ORDER BY id
