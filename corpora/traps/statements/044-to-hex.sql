-- title: Hexadecimal digits of negative integers
-- trap: - (to_hex width)
-- postgres: int4 gives eight lower-case digits: fffffff9
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, to_hex(a) AS digits FROM numbers ORDER BY id
