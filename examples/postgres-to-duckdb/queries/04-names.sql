SELECT count(*) AS capitals
FROM customers
WHERE name ~ '^[A-Z]'
