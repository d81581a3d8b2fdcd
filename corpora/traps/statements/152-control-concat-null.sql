-- title: concat, concat_ws and || with NULL
-- trap: 11 (concat)
-- postgres: concat and concat_ws skip NULL, || gives NULL
-- duckdb unchanged: match
-- duckdb transpiled: match
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, concat(name, '-', note) AS a, concat_ws(',', name, note) AS b, name || note AS c FROM people ORDER BY id
