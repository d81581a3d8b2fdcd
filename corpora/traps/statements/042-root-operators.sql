-- title: Square root operator and absolute value operator
-- trap: - (operators)
-- postgres: |/ is the square root, @ the absolute value
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, |/ abs(f) AS root, @ a AS size FROM numbers ORDER BY id
