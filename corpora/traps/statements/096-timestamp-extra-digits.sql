-- title: Timestamp text with seven decimals
-- trap: - (timestamp input)
-- postgres: rounds to microseconds: .123457
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT '2024-02-29 10:11:12.1234567'::timestamp AS at
