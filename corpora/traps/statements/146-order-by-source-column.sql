-- title: An alias that hides a column, in an ORDER BY expression
-- trap: 40 (alias scope)
-- postgres: an expression sees the source column, a bare name the alias
-- duckdb unchanged: match
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, -a AS a FROM numbers WHERE id IN (1, 7, 9) ORDER BY a + 0
