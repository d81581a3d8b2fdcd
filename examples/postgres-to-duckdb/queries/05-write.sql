-- A captured write: it is not replayed here, and the report says so.
UPDATE sales SET discount = 0 WHERE discount IS NULL
