-- Integer division: DuckDB divides to a fraction.
SELECT id, quantity / 2 AS half
FROM sales
ORDER BY id
