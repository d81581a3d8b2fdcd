-- title: to_char of a number
-- trap: 29 (format models)
-- postgres: padded, with a place for the sign
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id, to_char(price, '9,999.99') AS text FROM numbers ORDER BY id
