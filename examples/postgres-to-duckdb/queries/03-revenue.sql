SELECT c.name, sum(s.quantity * s.price) AS revenue, avg(s.price) AS avg_price
FROM sales s
JOIN customers c ON c.id = s.customer_id
GROUP BY c.name
ORDER BY revenue DESC
