-- title: SIMILAR TO with an underscore
-- trap: 14 (SIMILAR TO)
-- postgres: _ is any one character
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE path SIMILAR TO 'a_b' ORDER BY id
