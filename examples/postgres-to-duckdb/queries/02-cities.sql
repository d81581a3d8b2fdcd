-- Descending, NULLs come first in PostgreSQL and last in DuckDB.
SELECT name, city
FROM customers
ORDER BY city DESC, name
