"""Values: from the names of a scope, the literals, and the templates of a dialect."""

import dataclasses
import re

from .scope import Scope

HOLE = re.compile(r"\{([a-z0-9_ ]+)\}")
NUMBERS = ("int", "decimal", "float")
# Those that every place may ask for; `moment` is a time with a zone, where a dialect has literals of it.
KINDS = ("int", "decimal", "float", "text", "date", "stamp", "moment", "bool")

# Of any kind.
CHOICES = [
    "CASE WHEN {bool} THEN {same} ELSE {same} END",
    "CASE WHEN {bool} THEN {same} END",
    "CASE WHEN {bool} THEN {same} WHEN {bool} THEN NULL WHEN {bool} THEN {same} ELSE {same} END",
    "CASE {int} WHEN {few} THEN {same} WHEN {int} THEN {same} ELSE {same} END",
    "CASE {leaf} WHEN {literal} THEN {same} WHEN NULL THEN {same} WHEN {leaf} THEN {same} END",
    "COALESCE({same}, {same})",
    "COALESCE({leaf}, {same})",
    "NULLIF({same}, {same})",
    "({scalar})",
]
ARITHMETIC = ["({same} + {same})", "({same} - {same})", "({same} * {few})", "(- {same})", "ABS({same})"]
FORMS = {
    "int": [*ARITHMETIC, "({int} * {int})"],
    "decimal": [*ARITHMETIC, "({decimal} * {decimal})", "({decimal} + {int})", "ROUND({decimal}, {places})"],
    "float": [*ARITHMETIC, "({float} * {float})", "FLOOR({float})"],
    "text": ["UPPER({text})", "LOWER({text})", "CONCAT({text}, {text})", "TRIM({text})", "REPLACE({text}, 'a', 'x')"],
    "date": [],
    "stamp": [],
    "bool": [
        "{same} {op} {same}",
        "{same} {op} {same}",
        "{leaf} {op} {same}",
        "{number} {op} {number}",
        "{leaf} IS {not}NULL",
        "{same} IS {not}NULL",
        "{same} {not}BETWEEN {same} AND {same}",
        "{same} {not}IN ({same}, {same})",
        "{same} {not}IN ({literal}, NULL, {leaf})",
        "{leaf} {not}IN ({literal}, {literal}, {literal}, {literal}, {literal}, {literal}, {literal}, {literal})",
        "{int} {not}IN (-3, -2, -1, 0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597)",
        "{text} {not}LIKE {pattern}",
        "({bool} AND {bool})",
        "({bool} OR {bool})",
        "({bool} AND NOT {bool})",
        "NOT ({bool})",
        "NOT {bool}",
        "{not}EXISTS ({rows})",
        "{same} {not}IN ({column})",
        "{leaf} {not}IN ({column})",
        "{same} {op} ({scalar})",
    ],
}
# Conditions without further levels.
TESTS = ["{leaf} {op} {literal}", "{leaf} {op} {leaf}", "{leaf} IS {not}NULL"]
AGGREGATES = {
    "int": [
        "COUNT(*)",
        "COUNT({any})",
        "COUNT(DISTINCT {exact})",
        "SUM({int})",
        "MIN({int})",
        "MAX({leaf})",
        "COUNT(CASE WHEN {bool} THEN 1 END)",
        "SUM(CASE WHEN {bool} THEN {int} ELSE 0 END)",
        "SUM(DISTINCT {int})",
        "COUNT(DISTINCT CASE WHEN {bool} THEN {int} END)",
        "(MAX({int}) - MIN({int}))",
    ],
    "decimal": ["SUM({decimal})", "AVG({decimal})", "MIN({decimal})", "MAX({leaf})", "SUM(DISTINCT {decimal})"],
    "float": ["SUM({float})", "AVG({float})", "MIN({leaf})", "MAX({float})"],
    "text": ["MIN({exact})", "MAX({exact})"],
    "date": ["MIN({date})", "MAX({leaf})"],
    "stamp": ["MIN({stamp})", "MAX({leaf})"],
}
WINDOWS = {
    "int": [
        "ROW_NUMBER() OVER ({over total})",
        "RANK() OVER ({over peers})",
        "DENSE_RANK() OVER ({over peers})",
        "NTILE({offset}) OVER ({over total})",
        "COUNT(*) OVER ({over})",
        "COUNT({any}) OVER ({over rows})",
        "SUM({int}) OVER ({over})",
        "SUM({int}) OVER ({over rows})",
        "MAX({int}) OVER ({over rows})",
        "MIN({int}) OVER ({over range})",
        "SUM({int}) OVER ({over range})",
        "COUNT({any}) OVER ({over range})",
    ],
    "decimal": ["SUM({decimal}) OVER ({over})", "SUM({decimal}) OVER ({over rows})", "AVG({decimal}) OVER ({over rows})"],
    "float": ["PERCENT_RANK() OVER ({over peers})", "CUME_DIST() OVER ({over peers})", "AVG({float}) OVER ({over})"],
}
# Of any kind.
PLACED = [
    "LAG({same}) OVER ({over total})",
    "LEAD({same}, {offset}) OVER ({over total})",
    "LAG({same}, {offset}, {same}) OVER ({over total})",
    "FIRST_VALUE({same}) OVER ({over rows})",
    "LAST_VALUE({same}) OVER ({over rows})",
]
BOUNDS = ["UNBOUNDED PRECEDING", "2 PRECEDING", "1 PRECEDING", "CURRENT ROW", "1 FOLLOWING", "UNBOUNDED FOLLOWING"]


class Unavailable(Exception):
    """A template has a hole that nothing fills at this place."""


class Expressions:
    """Makes values; `queries` makes the subqueries in them."""

    def __init__(self, draw, dialect, queries):
        self.draw = draw
        self.dialect = dialect
        self.queries = queries
        # Names of windows that stand in WINDOW at this place: `[(name, is its order total)]`.
        self.named_windows = []
        # Are window functions not to be used at this place?
        self.without_windows = False

    def any_kind(self, scope, kinds=KINDS):
        """A kind that this scope has names of, mostly."""
        present = [kind for kind in scope.kinds() if kind in kinds]
        known = [kind for kind in kinds if kind in self.dialect.literals]
        return self.draw.one(present if present and self.draw.chance(0.85) else known)

    def value(self, kind, scope, depth):
        """A value of a kind, of at most so many levels."""
        if depth > 0 and self.draw.chance(0.65):
            made = self.attempt(self.forms(kind, scope), kind, scope, depth)
            if made is not None:
                return made
        if kind == "bool" and not scope.of(kind) and self.draw.chance(0.95):
            # Constants alone would leave most conditions without a question.
            return self.attempt(TESTS, kind, scope, 0) or self.simple(kind, scope)
        return self.simple(kind, scope)

    def attempt(self, forms, kind, scope, depth):
        """One of the templates, or None where several cannot be filled."""
        for _ in range(4):
            if not forms:
                return None
            try:
                text = self.fill(self.draw.one(forms), kind, scope, depth)
            except Unavailable:
                continue
            # How things bind without parentheses is a question too.
            bare = text[1:-1]
            alone = text.startswith("(") and not re.search(r"[()]|SELECT", bare)
            return bare if alone and self.draw.chance(0.15) else text
        return None

    def forms(self, kind, scope):
        """The templates of a kind that may stand in a scope, as often as they are to be used."""
        forms = self.all_forms(kind, scope)
        return [form for form in forms if form not in self.dialect.without]

    def all_forms(self, kind, scope):
        forms = FORMS.get(kind, []) + self.dialect.forms.get(kind, [])
        if kind != "bool":
            forms = forms * (1 + len(CHOICES) // max(1, len(forms))) + CHOICES
        # What a place is for comes as often as all the rest.
        if scope.rows is not None:
            aggregates = AGGREGATES.get(kind, []) + self.dialect.aggregates.get(kind, [])
            forms = forms + self.evenly(aggregates, len(forms))
        if scope.windows:
            windows = WINDOWS.get(kind, []) + self.dialect.windows.get(kind, [])
            forms = forms + self.evenly(windows + PLACED, len(forms))
        return forms

    def evenly(self, forms, count):
        return forms * max(1, round(count / max(1, len(forms))))

    def simple(self, kind, scope):
        """A name or a literal."""
        leaves = [leaf for leaf in scope.of(kind) if leaf.tame]
        outer = [leaf for leaf in scope.outer if leaf.kind == kind and leaf.tame]
        if outer and self.draw.chance(0.25):
            return self.draw.one(outer).sql
        if leaves and self.draw.chance(0.8):
            return self.draw.one(leaves).sql
        literals = self.dialect.literals.get(kind)
        if literals:
            return self.draw.one(literals)
        if leaves:
            return self.draw.one(leaves).sql
        raise Unavailable(kind)

    def fill(self, template, kind, scope, depth):
        """A template with its holes filled."""
        same = kind
        if kind == "bool":
            kinds = [k for k in KINDS if k != "bool"]
            if "BETWEEN" in template:
                kinds = [k for k in kinds if k not in self.dialect.unordered_kinds]
            same = self.any_kind(scope, kinds)
        inside = scope
        if "OVER (" in template:
            inside = dataclasses.replace(scope, windows=False)
        elif template in AGGREGATES.get(kind, ()) or template in self.dialect.aggregates.get(kind, ()):
            if scope.rows is None:
                raise Unavailable("aggregate")
            inside = scope.rows
        return HOLE.sub(lambda hole: self.hole(hole[1], same, inside, depth - 1), template)

    def hole(self, name, same, scope, depth):
        """What fills one hole."""
        match name:
            case "same":
                return self.value(same, scope, depth)
            case "any":
                return self.value(self.any_kind(scope), scope, depth)
            case "number":
                return self.value(self.any_kind(scope, NUMBERS), scope, depth)
            case "exact":
                kind = same if same == "text" else self.any_kind(scope)
                return self.dialect.exactly(kind, self.value(kind, scope, depth))
            case "leaf":
                leaves = scope.of(same)
                return self.draw.one(leaves).sql if leaves else self.value(same, scope, 0)
            case "literal":
                return self.draw.one(self.dialect.literals.get(same) or ["NULL"])
            case "key":
                return self.order(scope, total=True, few=True)
            case "over" | "over peers" | "over total" | "over rows" | "over range":
                return self.over(name.removeprefix("over").strip(), scope)
            case "op":
                unordered = same in self.dialect.unordered_kinds
                return self.draw.one(self.dialect.words["eq" if unordered else "op"])
            case "rows" | "column" | "scalar":
                if depth < 0 or not scope.subqueries:
                    raise Unavailable(name)
                return self.queries.subquery(name, same, scope)
        if name in self.dialect.words:
            return self.draw.one(self.dialect.words[name])
        if name in KINDS or name in self.dialect.forms:
            return self.value(name, scope, depth)
        raise KeyError(f"no hole is called `{name}`")

    def order(self, scope, total, few=False):
        """An ORDER BY list; a total one ends with what identifies a row."""
        if total and not scope.key:
            raise Unavailable("key")
        leaves = [leaf for leaf in scope.leaves if leaf.kind not in self.dialect.unordered_kinds]
        chosen = self.draw.some(leaves, 0 if total else 1, 1 if few or not total else 2)
        if not chosen and not total:
            raise Unavailable("order")
        items = [leaf.sql for leaf in chosen]
        items += [text for text in (scope.key if total else []) if text not in items]
        return ", ".join(item + self.direction() for item in items)

    def direction(self):
        """ASC, DESC, and where NULL goes."""
        words = self.draw.one(["", "", " ASC", " DESC", " DESC"])
        if "nulls_order" in self.dialect.features and self.draw.chance(0.25):
            words += self.draw.one([" NULLS FIRST", " NULLS LAST"])
        return words

    def over(self, sort, scope):
        """A window of a sort: see `dialect.py`. Peers are treated alike where the order has ties."""
        fitting = [name for name, total in self.named_windows if total or sort != "total"]
        if fitting and sort in ("", "peers", "total") and self.draw.chance(0.5):
            return self.draw.one(fitting)
        parts = []
        if self.draw.chance(0.5):
            keyed = [leaf.sql for leaf in scope.leaves if leaf.kind not in self.dialect.unkeyed_kinds]
            parted = self.draw.some(keyed, 1, 2)
            if parted:
                parts.append("PARTITION BY " + ", ".join(parted))
        if sort or self.draw.chance(0.8):
            total = sort in ("total", "rows")
            parts.append("ORDER BY " + self.order(scope, total, few=True))
            if sort == "rows":
                parts.append("ROWS " + self.frame(BOUNDS))
            elif sort == "range":
                parts.append("RANGE " + self.frame([b for b in BOUNDS if not b[0].isdigit()]))
        return " ".join(parts)

    def frame(self, bounds):
        first = self.draw.below(len(bounds) - 1)
        if self.draw.chance(0.2) and bounds[first].endswith(("PRECEDING", "ROW")):
            return bounds[first]
        last = first + self.draw.below(len(bounds) - first)
        if first == last and bounds[first].startswith("UNBOUNDED"):
            last = len(bounds) - 1
        return f"BETWEEN {bounds[first]} AND {bounds[last]}"
