"""One SELECT: its list, WHERE, GROUP BY, HAVING, QUALIFY and named windows."""

import dataclasses
import re

from .expressions import AGGREGATES, KINDS, NUMBERS, Unavailable
from .scope import Leaf, Scope, of_rows
from .tables import Column


@dataclasses.dataclass
class Query:
    """The text of a query and what is known of its rows."""

    sql: str
    # Output columns; a column without a name has an empty one.
    columns: list
    # Names of output columns that together identify a row.
    key: tuple | None
    # Items of ORDER BY that leave no ties.
    order: list | None = None
    # Output names as they are written in ORDER BY.
    written: list = dataclasses.field(default_factory=list)
    # Names beside the output columns that ORDER BY may have.
    scope: Scope | None = None
    # May an ORDER BY follow?
    orderable: bool = True


@dataclasses.dataclass
class Item:
    """An element of the SELECT list."""

    sql: str
    kind: str
    name: str = ""
    alias: str = ""
    tame: bool = True
    # Of a plain column: how it is called with its qualifier.
    full: str = ""

    def text(self):
        return f"{self.sql} AS {self.alias}" if self.alias else self.sql


class Selects:
    """Makes SELECTs."""

    def __init__(self, draw, dialect, sources, expressions):
        self.draw = draw
        self.dialect = dialect
        self.sources = sources
        self.expressions = expressions

    def has(self, feature):
        return feature in self.dialect.features

    def select(self, depth, shape, outer, exactly=False, plain=False):
        """A SELECT. `shape` are the kinds that its columns must have, `exactly` asks that equal values
        be written alike, `plain` forbids groups and DISTINCT."""
        source, elements = self.sources.clause(depth, outer)
        rows = of_rows(self.draw, self.dialect, elements, outer)
        form = "plain" if plain else self.draw.weighted(
            [(50, "plain"), (30, "grouped"), (10, "single"), (10, "distinct")]
        )
        where = self.where(rows, depth)
        if form == "plain" and not shape and not exactly and self.draw.chance(0.12):
            starred = self.star(elements, rows)
            if starred:
                text, columns, key = starred
                order = rows.key
                return Query(f"SELECT {text} FROM {source}{where}", columns, key, order, [], rows)
        if form in ("grouped", "single"):
            return self.grouped(source, where, rows, shape, exactly, form == "grouped")
        return self.ungrouped(source, where, rows, shape, exactly or form == "distinct", form == "distinct")

    def where(self, rows, depth):
        if self.draw.chance(0.45):
            return ""
        if self.draw.chance(0.03):
            return f" WHERE {self.draw.one(['1 = 0', 'NULL IS NOT NULL'])}"
        inner = dataclasses.replace(rows, windows=False)
        condition = self.expressions.value("bool", inner, 1 + min(depth, 1))
        if self.draw.chance(0.4):
            # Many conditions leave no rows, and then little is asked.
            condition = f"({condition}) OR {self.expressions.value('bool', inner, 0)}"
        return f" WHERE {condition}"

    # Without groups.

    def ungrouped(self, source, where, rows, shape, exactly, distinct):
        named = not exactly and not self.expressions.without_windows and self.draw.chance(0.2)
        windows = self.windows(rows) if named else ""
        place = dataclasses.replace(rows, windows=not self.expressions.without_windows)
        items = self.items(place, shape, exactly)
        self.expressions.named_windows = []
        qualify = ""
        if self.has("qualify") and not distinct and self.draw.chance(0.12):
            qualify = f" QUALIFY {self.qualification(place, items)}"
        word = "DISTINCT " if distinct else self.dialect.select_word(self.draw)
        text = f"SELECT {word}{', '.join(item.text() for item in items)} FROM {source}{where}"
        text = self.dialect.qualified(text, qualify, windows)
        if distinct:
            return self.query(text, items, [], all_positions=True)
        return self.query(text, items, rows.key, scope=rows)

    def windows(self, rows):
        """`WINDOW w AS (…)`: its names may stand in OVER from here on."""
        if not self.has("named_window"):
            return ""
        total = bool(rows.key) and self.draw.chance(0.6)
        try:
            text = self.expressions.over("total" if total else "", rows)
        except Unavailable:
            return ""
        self.expressions.named_windows = [("w", total)]
        return f" WINDOW w AS ({text})"

    def qualification(self, place, items):
        """A condition over a window function."""
        try:
            function = self.expressions.fill("ROW_NUMBER() OVER ({over total})", "int", place, 1)
        except Unavailable:
            function = self.expressions.fill("RANK() OVER ({over peers})", "int", place, 1)
        named = [item.alias for item in items if item.alias and item.kind in NUMBERS]
        if named and self.draw.chance(0.3):
            function += f" <= 3 AND {self.draw.one(named)}"
        return f"{function} <= {self.draw.one(['1', '2', '3'])}"

    # With groups.

    def grouped(self, source, where, rows, shape, exactly, by_keys):
        """GROUP BY, or aggregates of all rows."""
        inner = dataclasses.replace(rows, outer=[], windows=False)
        keys = self.keys(rows) if by_keys else []
        windows = not self.expressions.without_windows
        place = Scope([leaf for _, leaf in keys], None, list(rows.outer), rows=inner, windows=windows)
        totals = len(keys) > 1 and self.draw.chance(0.2) and bool(self.dialect.groupings())
        names = [self.dialect.bare(leaf.sql.split(".")[-1]) for _, leaf in keys]
        totals = totals and (self.dialect.totals_of_twins or len(set(names)) == len(names))
        # A key that is called without its qualifier may be taken for an output column of that name.
        if keys and not totals and all(sure for sure, _ in keys):
            place.key = [leaf.sql for _, leaf in keys]
        items, written = [], []
        for sure, leaf in keys:
            if shape is None and self.draw.chance(0.85):
                items.append(self.named(leaf.sql, leaf.kind, leaf, items, rows, leaf.tame))
                written.append(self.written_key(leaf, items, rows))
            else:
                written.append(leaf.sql)
        items += self.items(place, shape, exactly, items, single=not keys)
        text = f"SELECT {', '.join(item.text() for item in items)} FROM {source}{where}"
        if keys:
            if totals:
                plain = [leaf.sql for _, leaf in keys]
                form = self.draw.one(self.dialect.groupings())
                text += " GROUP BY " + form.format(keys=", ".join(plain), k1=plain[0], k2=plain[1])
            else:
                text += " GROUP BY " + ", ".join(written)
        if self.draw.chance(0.35 if keys else 0.12):
            text += f" HAVING {self.having(place, items)}"
        key = None if totals else place.key
        if not keys:
            return self.query(text, items, [], scope=None, one_row=True)
        query = self.query(text, items, key, scope=place)
        query.orderable = not totals or self.has("totals_ordered")
        return query

    def keys(self, rows):
        """`[(is it safe from names of output columns, leaf)]`."""
        keys = []
        keyed = [leaf for leaf in rows.leaves if leaf.kind not in self.dialect.unkeyed_kinds]
        for leaf in self.draw.some(keyed, 1, 3):
            sure = bool(leaf.full) and self.draw.chance(0.7)
            sql = leaf.full if sure else leaf.sql
            if self.draw.chance(0.25):
                place = Scope([dataclasses.replace(leaf, sql=sql)], subqueries=False)
                try:
                    made = self.expressions.value(leaf.kind, place, 1)
                except Unavailable:
                    made = sql
                # A constant alone would be a position.
                if re.search(rf"(?<![\w.']){re.escape(sql)}(?![\w'(])", made):
                    sql = made
                    leaf = dataclasses.replace(leaf, name="", full="")
            sql = self.dialect.exactly(leaf.kind, sql)
            exact = leaf.kind in self.dialect.exact_kinds
            same = sql in (leaf.full, leaf.sql)
            full, name = (leaf.full, leaf.name) if same else ("", "")
            keys.append((sure and exact, Leaf(sql, leaf.kind, leaf.tame, full, name)))
        return keys

    def written_key(self, leaf, items, rows):
        """The last item in GROUP BY: its text, its position or its name."""
        item = items[-1]
        if self.has("group_position") and self.draw.chance(0.2):
            return str(len(items))
        hides = item.alias in {other.name for other in rows.leaves}
        if self.has("group_alias") and item.alias and not hides and self.draw.chance(0.3):
            return item.alias
        return leaf.sql

    def having(self, place, items):
        scope = dataclasses.replace(place, windows=False)
        if self.has("having_alias") and self.draw.chance(0.4):
            named = [Leaf(item.alias, item.kind, item.tame) for item in items if item.alias and "OVER (" not in item.sql]
            scope = dataclasses.replace(scope, leaves=scope.leaves + named)
        return self.expressions.value("bool", scope, 2)

    # Subqueries.

    def single(self, kind, outer):
        """One row with one aggregate."""
        source, elements = self.sources.clause(0, outer, most=1)
        rows = of_rows(self.draw, self.dialect, elements, outer)
        inner = dataclasses.replace(rows, outer=[])
        aggregate = self.expressions.fill(self.draw.one(AGGREGATES[kind]), kind, Scope([], rows=inner), 1)
        return f"SELECT {aggregate} FROM {source}{self.linked(rows)}"

    def existing(self, outer):
        """Some rows of anything."""
        source, elements = self.sources.clause(0, outer, most=2)
        rows = of_rows(self.draw, self.dialect, elements, outer)
        what = self.draw.one(["1", "*", "NULL", rows.leaves[0].sql])
        return f"SELECT {what} FROM {source}{self.linked(rows)}"

    def linked(self, rows):
        """WHERE that mostly ties a subquery to the row outside."""
        pairs = [(a, b) for a in rows.leaves for b in rows.outer if a.kind == b.kind in KINDS]
        parts = []
        if pairs and self.draw.chance(0.7):
            one, other = self.draw.one(pairs)
            sign = self.draw.weighted([(4, "="), (1, "<>"), (1, "<")])
            if one.kind in self.dialect.unordered_kinds:
                sign = "="
            parts.append(f"{one.sql} {sign} {other.sql}")
        if not parts or self.draw.chance(0.3):
            parts.append(self.expressions.value("bool", rows, 1))
        return " WHERE " + self.draw.one([" AND ", " AND ", " OR "]).join(parts)

    # The list.

    def items(self, place, shape, exactly, before=(), single=False):
        """Elements of the list, after those that are there."""
        made = list(before)
        rows = place.rows or place
        kinds = shape or [self.expressions.any_kind(rows) for _ in range(1 + self.draw.below(3))]
        if exactly:
            kinds = [kind if kind not in self.dialect.unkeyed_kinds else "int" for kind in kinds]
        if before and self.draw.chance(0.1) and not shape:
            kinds = []
        for kind in kinds:
            leaves = place.of(kind)
            scope = place
            if self.has("lateral_alias") and self.draw.chance(0.15):
                named = [Leaf(i.alias, i.kind, i.tame) for i in made if i.alias and i.kind == kind]
                scope = dataclasses.replace(place, leaves=place.leaves + named)
            if leaves and self.draw.chance(0.35) and not single:
                leaf = self.draw.one(leaves)
                sql, tame = leaf.sql, leaf.tame
            else:
                leaf, tame = None, True
                sql = self.expressions.value(kind, scope, 2)
                if single and AGGREGATES.get(kind) and self.draw.chance(0.7):
                    sql = self.expressions.fill(self.draw.one(AGGREGATES[kind]), kind, place, 2)
            if exactly:
                wrapped = self.dialect.exactly(kind, sql)
                leaf = leaf if wrapped == sql else None
                sql = wrapped
            made.append(self.named(sql, kind, leaf, made, rows, tame, bool(shape)))
        return made[len(before):]

    def named(self, sql, kind, leaf, made, rows, tame, unnamed=False):
        """An item with a name of its own."""
        taken = {self.dialect.bare(item.name) for item in made}
        full = leaf.full if leaf is not None and leaf.name else ""
        if leaf is not None and leaf.name and leaf.name.lower() not in taken and self.draw.chance(0.6):
            return Item(sql, kind, leaf.name, "", tame, full)
        if unnamed and self.draw.chance(0.3):
            return Item(sql, kind, "", "", tame, full)
        hiding = [other.name for other in rows.leaves if other.name]
        options = [(6, name) for name in self.dialect.aliases] + [(10 / max(1, len(hiding)), name) for name in hiding]
        quoted = [(2, name) for name in self.dialect.quoted_aliases]
        free = [(weight, name) for weight, name in options + quoted if name.lower() not in taken]
        name = self.draw.weighted(free)
        alias = self.dialect.quote(name) if name in self.dialect.quoted_aliases else name
        return Item(sql, kind, alias, alias, tame, full)

    def star(self, elements, rows):
        """`*`, `a.*`, or a dialect's form with a column left out: text, columns, names of the key."""
        merged = any(element.merged for element in elements)
        if not all(element.whole for element in elements):
            return None
        if len(elements) == 1:
            columns = list(elements[0].columns)
            key = elements[0].key
            options = ["*", f"{elements[0].alias}.*"]
            text = self.draw.one(options)
            names = [column.name for column in columns]
            if self.dialect.stars(names) and self.draw.chance(0.5) and len(names) > 1:
                form, dropped = self.draw.one(self.dialect.stars(names))
                text = self.draw.one(["", f"{elements[0].alias}."]) + form
                columns = [column for column in columns if column.name != dropped]
                key = key if key and dropped not in key and "REPLACE" not in form else None
            return text, columns, key
        names = [column.name for element in elements for column in element.columns]
        if merged or len(set(names)) != len(names):
            element = self.draw.one(elements)
            if element.merged:
                return None
            return f"{element.alias}.*", list(element.columns), None
        return "*", [column for element in elements for column in element.columns], None

    def query(self, text, items, key, scope=None, all_positions=False, one_row=False):
        """The query, with what is known of its order and of what identifies a row."""
        columns = [Column(item.name, item.kind, item.tame) for item in items]
        written = [item.alias or item.name for item in items]
        names = [item.name for item in items]
        positions = [str(index + 1) for index in range(len(items))]
        if one_row:
            return Query(text, columns, tuple(names[:1]) if all(names[:1]) else None, None, written)
        if all_positions:
            exact = all(item.kind in self.dialect.exact_kinds for item in items)
            return Query(text, columns, tuple(names) if exact and all(names) else None, positions if exact else None, written)
        if not key:
            return Query(text, columns, None, None, written, scope)
        order, out = [], []
        aliases = {item.alias.lower() for item in items if item.alias}
        for part in key:
            at = next((i for i, item in enumerate(items) if part in (item.full, item.sql)), None)
            out.append(names[at] if at is not None else "")
            words = {word.lower() for word in re.findall(r"\w+", part)}
            if at is not None:
                order.append(positions[at])
            elif "." in part or not words & aliases:
                order.append(part)
            else:
                order = None
                break
        return Query(text, columns, tuple(out) if all(out) else None, order, written, scope)
