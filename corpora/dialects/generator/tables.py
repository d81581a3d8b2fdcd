"""The tables of a dialect: names, kinds of columns, and what is known of their values."""

import dataclasses
import json

# Beyond this, sums and products of a few values may leave the vendor's types.
TAME = 10_000


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table, a CTE or a derived table."""

    name: str
    kind: str
    # May it be calculated with? Not so with extremes: a query that raises shows little.
    tame: bool = True


@dataclasses.dataclass(frozen=True)
class Relation:
    """What can stand in FROM by its name. The values of `key` are in one row only."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] | None = None
    # Are all of its columns known, so that `*` is?
    whole: bool = True


def tame(values):
    """Are all of these numbers small?"""
    try:
        return all(abs(float(value)) < TAME for value in values if value is not None)
    except ValueError:
        return True


def read(path, kind_of):
    """The tables of `tables.json`, without columns whose type `kind_of` has no kind for."""
    relations = []
    for table in json.loads(path.read_text(encoding="utf-8")):
        columns, key = [], None
        for index, column in enumerate(table["columns"]):
            kind = kind_of(column["type"])
            if kind is None:
                continue
            values = [row[index] for row in table["rows"]]
            numeric = kind in ("int", "decimal", "float")
            columns.append(Column(column["name"], kind, not numeric or tame(values)))
            if key is None and kind == "int" and None not in values:
                key = (column["name"],) if len(set(values)) == len(values) else None
        if columns:
            whole = len(columns) == len(table["columns"])
            relations.append(Relation(table["name"], tuple(columns), key, whole))
    return relations
