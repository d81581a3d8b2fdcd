"""What an expression may name at its place in a query."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Leaf:
    """A name, or an expression that counts as one (a key of GROUP BY), as it is written."""

    sql: str
    kind: str
    tame: bool = True
    # The same with its qualifier: no name of an output column can be meant by it.
    full: str = ""
    # The bare name of a column.
    name: str = ""


@dataclasses.dataclass
class Source:
    """One element of FROM: its name there, its columns, and those that identify a row of it.

    A column without a name is a value that the element's own name stands for.
    """

    alias: str
    columns: list
    key: tuple | None
    # Columns that a USING made one with those of an earlier element: not to be named as its own.
    merged: frozenset = frozenset()
    # May `*` stand for its columns?
    whole: bool = True


@dataclasses.dataclass
class Scope:
    """The names of one place. `key` has the texts that together identify a row, if any do."""

    leaves: list
    key: list | None = None
    # Names of enclosing queries.
    outer: list = dataclasses.field(default_factory=list)
    # The rows that an aggregate goes over, where one may stand.
    rows: "Scope | None" = None
    # May window functions stand here?
    windows: bool = False
    # May subqueries stand here?
    subqueries: bool = True

    def of(self, kind):
        return [leaf for leaf in self.leaves if leaf.kind == kind]

    def kinds(self):
        return sorted({leaf.kind for leaf in self.leaves})

    def inner(self):
        """The names that a subquery at this place sees from outside, with their qualifiers."""
        own = [dataclasses.replace(leaf, sql=leaf.full) for leaf in self.leaves if leaf.full]
        return [*self.outer, *own]


def spelled(draw, dialect, name):
    """A name as it is, in another case, or quoted."""
    if name.startswith(dialect.quotes[0]) or not draw.chance(0.08):
        return name
    if "any_case" in dialect.features and draw.chance(0.5):
        return draw.one([name.upper(), name.capitalize(), name.lower()])
    return dialect.quote(name)


def of_rows(draw, dialect, sources, outer):
    """The scope of the rows of a FROM clause."""
    names = [column.name for source in sources for column in source.columns]
    leaves, key = [], []
    for source in sources:
        for column in source.columns:
            if column.name in source.merged:
                continue
            if not column.name:
                leaves.append(Leaf(source.alias, column.kind, column.tame, source.alias))
                continue
            full = f"{source.alias}.{column.name}"
            apart = any(column.name in other.merged for other in sources)
            single = names.count(column.name) == 1
            if apart:
                # A merged name stands for both sides; a third of that name makes it ambiguous.
                if names.count(column.name) > 2:
                    continue
                leaves.append(Leaf(column.name, column.kind, column.tame, "", column.name))
                continue
            bare = single and draw.chance(0.6)
            name = spelled(draw, dialect, column.name)
            sql = name if bare else f"{source.alias}.{name}"
            leaves.append(Leaf(sql, column.kind, column.tame, full, column.name))
        if key is not None:
            key = key + [f"{source.alias}.{name}" for name in source.key] if source.key else None
    return Scope(leaves, key, list(outer))
