-- title: Two columns that differ only in case
-- trap: 39 (identifiers)
-- postgres: "Id" and id are different columns
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT x."Id", x.id FROM (SELECT 1 AS "Id", 2 AS id) AS x
