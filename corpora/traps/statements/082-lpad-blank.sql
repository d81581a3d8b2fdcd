-- title: lpad without a fill text
-- trap: - (missing function)
-- postgres: fills with blanks, and cuts longer texts
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, lpad(name, 4) AS name FROM people ORDER BY id
