-- title: Cast to numeric without precision
-- trap: 7 (bare numeric)
-- postgres: keeps every digit: 999999.9999 stays
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, rate::numeric AS rate FROM numbers ORDER BY id
