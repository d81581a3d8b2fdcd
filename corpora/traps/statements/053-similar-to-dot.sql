-- title: SIMILAR TO with a dot
-- trap: 14 (SIMILAR TO)
-- postgres: a dot is only a dot
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE path SIMILAR TO 'a.b' ORDER BY id
