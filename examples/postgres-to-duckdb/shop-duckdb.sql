-- The same shop in DuckDB: duckdb shop.duckdb < shop-duckdb.sql
CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    city text,
    joined date NOT NULL
);
CREATE TABLE sales (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL,
    sold_at timestamp NOT NULL,
    quantity integer NOT NULL,
    price decimal(10,2) NOT NULL,
    discount double
);
INSERT INTO customers VALUES
    (1, 'Ada', 'London', '2023-01-05'),
    (2, 'Grace', NULL, '2023-03-17'),
    (3, 'Edsger', 'Rotterdam', '2023-03-31'),
    (4, 'barbara', 'London', '2024-02-29');
INSERT INTO sales VALUES
    (1, 1, '2024-01-31 10:00:00', 3, 9.99, 0.1),
    (2, 1, '2024-02-29 23:59:59', 7, 4.50, NULL),
    (3, 2, '2024-03-01 00:00:00', 1, 120.00, 0.25),
    (4, 3, '2024-03-15 12:30:00', 10, 0.99, 0),
    (5, 3, '2024-03-31 08:15:30', 2, 15.25, 0.05);
