-- title: ILIKE with an escaped underscore
-- trap: 13 (LIKE escape)
-- postgres: backslash is the default escape for ILIKE too
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id FROM people WHERE path ILIKE '%\_DONE' ORDER BY id
