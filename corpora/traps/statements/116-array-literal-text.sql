-- title: Array literal in braces
-- trap: 42 (lenient casts)
-- postgres: three integers
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id FROM numbers WHERE id = ANY ('{1,2,3}'::int[]) ORDER BY id
