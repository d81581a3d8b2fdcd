-- title: Functions on text that agree
-- trap: none
-- postgres: left, right, replace, position, repeat, reverse, split_part
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, left(name, -1) AS l, right(name, 2) AS r, replace(name, 'n', '') AS p, position('n' IN name) AS n, repeat(name, 2) AS d, split_part(path, ',', -1) AS s FROM people ORDER BY id
