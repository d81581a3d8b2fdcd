-- title: A bit string in hexadecimal
-- trap: - (bit strings)
-- postgres: eight bits: 00011111
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT X'1F' AS bits
