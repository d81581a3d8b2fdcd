-- title: Bitwise exclusive or
-- trap: - (operators)
-- postgres: `#` is exclusive or
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, a # b AS bits FROM numbers ORDER BY id
