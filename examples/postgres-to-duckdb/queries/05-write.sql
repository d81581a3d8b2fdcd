-- A captured write: it is never replayed, and the report says so.
UPDATE sales SET discount = 0 WHERE discount IS NULL
