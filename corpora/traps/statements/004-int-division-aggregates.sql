-- title: Integer arithmetic over aggregates
-- trap: 1 (integer division)
-- postgres: sum(int4) and count(*) are int8, so the quotients are integers
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT sum(qty) / 3 AS third, count(*) * 100 / 7 AS percent FROM sales
