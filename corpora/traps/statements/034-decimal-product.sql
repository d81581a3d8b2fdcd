-- title: Product of two decimals with many digits
-- trap: - (decimal overflow)
-- postgres: numeric has room for every digit
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, price * rate AS product FROM numbers ORDER BY id
