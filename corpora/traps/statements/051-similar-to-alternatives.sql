-- title: SIMILAR TO with alternatives and a percent sign
-- trap: 14 (SIMILAR TO)
-- postgres: % is any text, | separates alternatives
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE name SIMILAR TO '(Ann|Bob)%' ORDER BY id
