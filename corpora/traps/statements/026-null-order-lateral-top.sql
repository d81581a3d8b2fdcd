-- title: Best row of each group by LATERAL and LIMIT 1
-- trap: 4 (NULL order)
-- postgres: for `north` that is the row with NULL amount
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: mismatch-loud
-- datafusion transpiled: match_or_refused
SELECT t.region, s.id FROM targets t LEFT JOIN LATERAL (SELECT id FROM sales s WHERE s.region = t.region ORDER BY amount DESC, id LIMIT 1) s ON true ORDER BY t.goal
