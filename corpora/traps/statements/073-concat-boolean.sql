-- title: concat of a boolean
-- trap: 11 (concat)
-- postgres: concat uses the output function: `t` and `f`
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-silent
-- datafusion transpiled: match_or_refused
SELECT id, concat(ok, '/', id) AS label FROM events ORDER BY id
