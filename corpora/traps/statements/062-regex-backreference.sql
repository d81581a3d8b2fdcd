-- title: A back-reference in a pattern
-- trap: 21 (back-references)
-- postgres: finds a doubled letter
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE name ~ '(.)\1' ORDER BY id
