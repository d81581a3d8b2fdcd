-- title: FETCH FIRST WITH TIES
-- trap: - (missing syntax)
-- postgres: rows equal to the last one are given too
-- duckdb unchanged: mismatch-loud
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT qty FROM sales WHERE qty IS NOT NULL ORDER BY qty DESC FETCH FIRST 2 ROWS WITH TIES
