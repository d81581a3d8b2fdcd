-- title: initcap
-- trap: - (missing function)
-- postgres: the first letter of each word in upper case, the rest in lower case
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, initcap(name) AS name FROM people ORDER BY id
