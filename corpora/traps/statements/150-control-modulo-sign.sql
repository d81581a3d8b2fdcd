-- title: Sign of the remainder
-- trap: none
-- postgres: the sign of the dividend
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, a % b AS remainder FROM numbers ORDER BY id
