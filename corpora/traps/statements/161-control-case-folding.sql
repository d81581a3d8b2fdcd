-- title: Unquoted names in any case
-- trap: 39 (identifiers)
-- postgres: fold to lower case
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT ID, Name FROM People WHERE ID < 4 ORDER BY Id
