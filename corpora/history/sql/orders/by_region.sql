-- Orders of each region; a comment is no statement.
SELECT region, count(*)
FROM orders
GROUP BY region;

SELECT ';' AS not_an_end, "a;b" FROM orders;
SELECT 'no separator behind the last one'
