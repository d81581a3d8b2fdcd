"""Random queries of a dialect, for its engine to answer: see `corpora/dialects/README.md`.

`tables.py` reads the tables of a dialect, `scope.py` says what an expression may name, `draw.py` is
chance, `expressions.py` makes values, `sources.py` what stands in FROM, `queries.py` whole
statements. They know no dialect: words, functions, literals and clauses that only some have are in
`dialects/`, one file each, over the defaults of `dialect.py`.
"""
