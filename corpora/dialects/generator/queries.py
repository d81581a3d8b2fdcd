"""Whole statements: CTEs, set operations, ORDER BY and LIMIT around what `selects.py` makes."""

import dataclasses

from .expressions import AGGREGATES, Expressions, Unavailable
from .selects import Query, Selects
from .sources import Sources
from .tables import Column, Relation

NESTING = 2


class Queries:
    """Makes the statements of one draw over the tables of a dialect."""

    def __init__(self, draw, dialect, relations):
        self.draw = draw
        self.dialect = dialect
        # What stands in FROM by name: CTEs come to the tables, or before one of the same name.
        self.relations = list(relations)
        self.tables = list(relations)
        self.named = set()
        self.nesting = 0
        self.expressions = Expressions(draw, dialect, self)
        self.sources = Sources(draw, dialect, self, self.expressions)
        self.selects = Selects(draw, dialect, self.sources, self.expressions)

    def has(self, feature):
        return feature in self.dialect.features

    def statement(self):
        """A statement, and whether its order is total."""
        ctes = self.ctes(depth=1) if self.draw.chance(0.3) else ""
        query = self.body(depth=self.draw.one([0, 1, 1, 2]))
        text, total = self.arranged(query, limits=True)
        return ctes + text, total

    def body(self, depth, shape=None, outer=()):
        if self.draw.chance(0.18):
            return self.set_operation(depth, shape, outer)
        return self.selects.select(depth, shape, list(outer))

    # CTEs.

    def ctes(self, depth):
        """`WITH …`; the names are there for what follows."""
        parts, recursive = [], False
        for _ in range(self.draw.one([1, 1, 2, 2, 3])):
            name = self.cte_name()
            if self.has("recursive") and self.draw.chance(0.15):
                text, columns = self.dialect.recursion(self.draw, name)
                columns = [Column(column, kind) for column, kind in columns]
                key, recursive = (columns[0].name,), True
            else:
                query = self.derived(depth, [])
                columns, key, head = query.columns, query.key, name
                if self.has("cte_columns") and self.draw.chance(0.2):
                    renamed = self.draw.some(["a1", "b1", "id", "c1", "d1", "k"], len(columns), len(columns))
                    if len(renamed) == len(columns):
                        names = dict(zip([c.name for c in columns], renamed))
                        columns = [dataclasses.replace(c, name=names[c.name]) for c in columns]
                        key = tuple(names[name] for name in key) if key else None
                        head = f"{name} ({', '.join(renamed)})"
                text = f"{head} AS ({query.sql})"
            parts.append(text)
            self.relations = [r for r in self.relations if r.name != name]
            # A CTE is named more often than a table.
            self.relations += [Relation(name, tuple(columns), key)] * 3
        return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(parts)} "

    def cte_name(self):
        names = ["c1", "c2", "cte", "base"] + [table.name for table in self.tables[:2]]
        free = [name for name in names if name not in self.named]
        name = self.draw.one(free) if free else f"c{len(self.named)}"
        self.named.add(name)
        return name

    # Places in other queries.

    def derived(self, depth, outer):
        """A query whose columns all have names of their own."""
        if self.has("nested_ctes") and not outer and self.draw.chance(0.06):
            relations = self.relations
            text = self.ctes(depth=0)
            query = self.derived(0, outer)
            self.relations = relations
            return dataclasses.replace(query, sql=text + query.sql)
        while True:
            query = self.body(depth, None, outer)
            names = [self.dialect.bare(column.name) for column in query.columns if column.name]
            if len(names) == len(query.columns) == len(set(names)):
                break
        if self.has("limit_in_subquery") and self.draw.chance(0.12):
            text, _ = self.arranged(query, limits=True)
            return dataclasses.replace(query, sql=text)
        return query

    def subquery(self, form, kind, scope):
        """`rows` for EXISTS, `column` for IN, `scalar` for one value."""
        if self.nesting >= NESTING or (scope.rows is not None and not self.has("outer_aggregates")):
            raise Unavailable("subquery")
        outer = scope.inner() if self.has("correlated") else []
        self.nesting += 1
        windows, self.expressions.named_windows = self.expressions.named_windows, []
        without = self.expressions.without_windows
        self.expressions.without_windows = not self.has("subquery_windows")
        try:
            if form == "scalar":
                return self.scalar(kind, outer)
            if form == "column":
                return self.body(0, [kind], outer).sql
            return self.selects.existing(outer)
        finally:
            self.nesting -= 1
            self.expressions.named_windows = windows
            self.expressions.without_windows = without

    def scalar(self, kind, outer):
        if self.has("limit_in_subquery") and self.draw.chance(0.2):
            query = self.selects.select(0, [kind], outer, plain=True)
            order = self.total_order(query)
            if order is not None:
                return f"{query.sql} ORDER BY {', '.join(order)} {self.dialect.limit(1, None)}"
        if not AGGREGATES.get(kind):
            raise Unavailable("scalar")
        return self.selects.single(kind, outer)

    # Set operations.

    def set_operation(self, depth, shape, outer):
        """Two or three queries of the same kinds; the names are those of the first."""
        kinds = shape or [self.draw.one(self.dialect.set_kinds) for _ in range(1 + self.draw.below(3))]
        operations = [self.draw.one(self.dialect.set_operations) for _ in range(1 + self.draw.below(2))]
        distinct = not all(operation.endswith("ALL") for operation in operations)
        arms = [
            self.selects.select(max(0, depth - 1), self.arm_kinds(kinds), list(outer), exactly=distinct)
            for _ in range(len(operations) + 1)
        ]
        # The kind of a column is that of the numbers together.
        arms[0].columns = [dataclasses.replace(c, kind=kind) for c, kind in zip(arms[0].columns, kinds)]
        texts = [self.arm(arm) for arm in arms]
        if self.has("set_parentheses") and len(operations) == 2:
            if self.draw.chance(0.5):
                text = f"{texts[0]} {operations[0]} ({texts[1]} {operations[1]} {texts[2]})"
                outermost = operations[0]
            else:
                text = f"({texts[0]} {operations[0]} {texts[1]}) {operations[1]} {texts[2]}"
                outermost = operations[1]
        elif len(operations) == 2 and self.dialect.one_operation:
            text = f"{texts[0]} {operations[0]} {texts[1]} {operations[0]} {texts[2]}"
            outermost = operations[0]
        else:
            text = texts[0]
            for operation, arm in zip(operations, texts[1:]):
                text += f" {operation} {arm}"
            # Without parentheses it is the dialect's matter which is outermost.
            outermost = operations[0] if len(set(operations)) == 1 else "ALL"
        names = [column.name for column in arms[0].columns]
        exact = all(kind in self.dialect.exact_kinds for kind in kinds)
        key = tuple(names) if exact and all(names) and not outermost.endswith("ALL") else None
        columns = [Column(c.name, c.kind, all(a.columns[i].tame for a in arms)) for i, c in enumerate(arms[0].columns)]
        sorts_all = key and not self.dialect.last_arm_sorted
        positions = [str(i + 1) for i in range(len(names))] if sorts_all else None
        return Query(text, columns, key, order=positions)

    def arm_kinds(self, kinds):
        """The kinds of an arm: whole numbers may stand for decimal ones."""
        if not self.has("mixed_arms"):
            return kinds
        return ["int" if kind == "decimal" and self.draw.chance(0.3) else kind for kind in kinds]

    def arm(self, arm):
        """The text of an arm, perhaps with an order and a limit of its own."""
        if self.has("sorted_arms") and self.draw.chance(0.08):
            return f"({self.arranged(arm, limits=True)[0]})"
        return arm.sql

    # ORDER BY and LIMIT.

    def arranged(self, query, limits):
        """The query with an ORDER BY perhaps, and a LIMIT where the order is total."""
        if not query.orderable:
            return query.sql, False
        mode = self.draw.weighted([(30, "none"), (15, "ties"), (55, "total")])
        suffix = self.total_order(query) if mode == "total" else None
        if mode == "none" or (mode == "total" and suffix is None and self.draw.chance(0.5)):
            return query.sql, False
        items = self.order_items(query, 0 if suffix is not None else 1)
        items += [item for item in suffix or [] if item not in items]
        if not items:
            return query.sql, False
        text = f"{query.sql} ORDER BY " + ", ".join(item + self.expressions.direction() for item in items)
        if suffix is None:
            return text, False
        if limits and self.draw.chance(0.4):
            offset = self.draw.one([None, None, 1, 2])
            text += " " + self.dialect.limit(self.draw.one([1, 2, 3, 5, 100]), offset)
        return text, True

    def order_items(self, query, least):
        """Positions, names of output columns, expressions over them, and columns of the rows."""
        orderable = [
            (index, column)
            for index, column in enumerate(query.columns)
            if column.kind not in self.dialect.unordered_kinds
        ]
        options = [str(index + 1) for index, _ in orderable]
        options += [query.written[index] for index, column in orderable if index < len(query.written)]
        if self.has("order_expression"):
            for index, column in orderable:
                if index < len(query.written) and column.kind in ("int", "decimal") and column.tame:
                    options.append(f"{query.written[index]} + 1")
                if index < len(query.written):
                    options.append(f"COALESCE({query.written[index]}, {self.literal(column.kind)})")
        if query.scope is not None:
            options += [leaf.sql for leaf in query.scope.leaves if leaf.kind not in self.dialect.unordered_kinds]
            options += [leaf.full for leaf in query.scope.leaves if leaf.full]
        return self.draw.some([option for option in options if option], least, 2)

    def literal(self, kind):
        return self.draw.one(self.dialect.literals.get(kind) or ["NULL"])

    def total_order(self, query):
        """Items that leave no ties, or None."""
        return None if query.order is None else list(query.order)
