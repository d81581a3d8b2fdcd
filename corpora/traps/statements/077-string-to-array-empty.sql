-- title: string_to_array of an empty text
-- trap: - (string_to_array)
-- postgres: an empty array
-- duckdb unchanged: mismatch-silent
-- duckdb transpiled: match_or_refused
-- datafusion unchanged: match
-- datafusion transpiled: match_or_refused
SELECT id, string_to_array(note, ' ') AS words FROM people ORDER BY id
