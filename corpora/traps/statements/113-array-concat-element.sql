-- title: Element appended by ||
-- trap: 33 (arrays)
-- postgres: the element becomes the last one
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, tags || 9 AS tags FROM docs ORDER BY id
