"""FROM: tables, CTEs and derived tables, and how they are joined."""

from .expressions import KINDS
from .scope import Source, of_rows
from .tables import Column

ALIASES = ["a", "b", "c", "e", "g", "h", "p", "q", "s", "t", "u", "x", "y", "z"]


class Sources:
    """Makes FROM clauses; `queries` makes the derived tables, `expressions` the conditions."""

    def __init__(self, draw, dialect, queries, expressions):
        self.draw = draw
        self.dialect = dialect
        self.queries = queries
        self.expressions = expressions

    def clause(self, depth, outer, most=3):
        """The text after FROM, and its elements."""
        # A name that an enclosing query uses would hide it.
        taken = {leaf.full.split(".")[0] for leaf in outer}
        count = min(most, self.draw.weighted([(55, 1), (35, 2), (10, 3)]))
        text, source = self.element(depth, outer, taken, [])
        sources = [source]
        for _ in range(count - 1):
            right, source = self.element(depth, outer, taken, sources)
            text = self.join(text, right, sources, source, outer)
            sources.append(source)
        extras = self.dialect.extras()
        if extras and self.draw.chance(0.15):
            text += self.extra(self.draw.one(extras), sources, outer, taken)
        return text, sources

    def element(self, depth, outer, taken, before):
        """A table by its name, or a derived table."""
        if depth > 0 and self.draw.chance(0.22):
            alias = self.alias(taken)
            lateral, seen = "", outer
            if before and "lateral" in self.dialect.features and self.draw.chance(0.4):
                lateral = "LATERAL "
                seen = [*outer, *(of_rows(self.draw, self.dialect, before, []).inner())]
            query = self.queries.derived(depth - 1, seen if lateral else [])
            text = f"{lateral}({query.sql}) AS {alias}"
            return text, Source(alias, query.columns, query.key)
        relation = self.draw.one(self.queries.relations)
        if relation.name not in taken and self.draw.chance(0.3):
            taken.add(relation.name)
            return relation.name, self.source(relation.name, relation)
        alias = self.alias(taken)
        word = self.draw.one([" AS ", " AS ", " "])
        return f"{relation.name}{word}{alias}", self.source(alias, relation)

    def source(self, alias, relation):
        return Source(alias, list(relation.columns), relation.key, whole=relation.whole)

    def alias(self, taken):
        # Some are called like a column too.
        alias = self.draw.one([a for a in ALIASES if a not in taken])
        taken.add(alias)
        return alias

    def join(self, left, right, sources, source, outer):
        """Two texts joined; a join by name merges columns of the new element."""
        shared = self.shared(sources, source)
        if shared and self.draw.chance(0.4):
            template = self.draw.weighted(self.dialect.joins_by_name)
            names = shared if "NATURAL" in template else [self.draw.one(shared)]
            if "NATURAL" not in template or self.draw.chance(0.5):
                source.merged = frozenset(names)
                return template.format(l=left, r=right, names=", ".join(names))
        if self.draw.chance(0.1) and "," not in left:
            return f"{left}, {right}"
        template = self.draw.weighted(self.dialect.joins)
        return template.format(l=left, r=right, on=self.condition(sources, source, outer))

    def shared(self, sources, source):
        """Names that one earlier element and the new one have, of one kind each."""
        if len(sources) != 1:
            return []
        kinds = {column.name: column.kind for column in sources[0].columns}
        both = [column for column in source.columns if column.name in kinds]
        if any(kinds[column.name] != column.kind for column in both):
            return []
        return [column.name for column in both]

    def condition(self, sources, source, outer):
        """ON: mostly the equality of a column of each side."""
        left = of_rows(self.draw, self.dialect, sources, []).inner()
        right = of_rows(self.draw, self.dialect, [source], []).inner()
        pairs = [(a, b) for a in left for b in right if a.kind == b.kind in KINDS and a.kind != "float"]
        both = of_rows(self.draw, self.dialect, [*sources, source], [])
        both.subqueries = False
        if not pairs:
            return self.expressions.value("bool", both, 1)
        one, other = self.draw.one(pairs)
        sign = self.draw.weighted([(8, "="), (1, "<>"), (1, "<=")])
        if one.kind in self.dialect.unordered_kinds:
            sign = "="
        text = f"{one.sql} {sign} {other.sql}"
        if self.draw.chance(0.25):
            text += f" {self.draw.one(['AND', 'AND', 'OR'])} ({self.expressions.value('bool', both, 1)})"
        return text

    def extra(self, extra, sources, outer, taken):
        """An element that only this dialect has, over the elements before it."""
        template, columns = extra
        alias = self.alias(taken)
        scope = of_rows(self.draw, self.dialect, sources, outer)
        text = self.expressions.fill(template.replace("{alias}", alias), "int", scope, 1)
        rows = [Column(name[1:], kind) for name, kind in columns if name.startswith(".")]
        if rows or not columns:
            sources.append(Source(alias, rows, None))
        for name, kind in columns:
            if not name.startswith("."):
                sources.append(Source(name.replace("{alias}", alias), [Column("", kind)], None))
        return text
