"""What the grammar asks a dialect. A dialect is a subclass in `dialects/` that overrides what differs.

**Templates.** Functions and operators are texts with holes, by the kind of value they give:

    forms = {"int": ["ABS({int})", "({int} DIV {divisor})"], "bool": ["({int} <=> {int})"]}

A hole is filled by
- a kind (`int`, `decimal`, `float`, `text`, `date`, `stamp`, `moment`, `bool`): a value of this kind;
  so is a kind that only this dialect has forms of,
- `any`: a value of any kind; `number`: of a numeric one; `same`: of one kind for the whole template
  (that of the form; in a condition, any),
- `leaf`: a column as it stands, of the kind of `same` (extremes too, so do not calculate with it),
- a name in `words`: one of its texts,
- `rows`: a subquery for EXISTS; `column`: one for IN, of the kind of `same`; `scalar`: one value,
- `key`: what identifies a row, as a list for ORDER BY; `over`: a window, perhaps without an order;
  `over peers`: one with an order that may have ties, so use it where peers get the same;
  `over total`: one whose order has no ties; `over rows`: that, with a frame of rows;
  `over range`: one with a frame of peers.

A template whose hole cannot be filled at a place (`key` where nothing identifies a row) is not used.
`aggregates` and `windows` are such templates too, used where aggregates and windows may stand.
"""


class Dialect:
    """The defaults are what most dialects share."""

    # As the folder is called, and as `--from` of the command line says.
    name = ""

    # Kind by the first word of a type in `tables.json`, lower case. Other columns are not used.
    kinds = {}

    # Quotes around names.
    quotes = ('"', '"')

    # Names of output columns beside those that hide a column.
    aliases = ["n", "v", "total", "k1", "k2", "r", "Mixed"]
    # Names that must be quoted.
    quoted_aliases = ["Total Sum", "order", "MiXed", "x-y"]

    literals = {
        "int": ["0", "1", "2", "3", "-1", "-7", "10"],
        "decimal": ["0.5", "-0.5", "1.50", "10.25", "-2.25"],
        "float": ["0.5e0", "-2.5e0", "1e1"],
        "text": ["'apple'", "'b'", "''", "'a_b'", "'10'"],
        "date": ["DATE '2024-02-29'", "DATE '2023-12-31'", "DATE '2020-01-31'"],
        "stamp": ["TIMESTAMP '2024-02-29 10:30:45'", "TIMESTAMP '2023-12-31 00:00:00'"],
        "bool": ["TRUE", "FALSE"],
    }
    words = {
        "op": ["=", "<>", "<", "<=", ">", ">="],
        "eq": ["=", "<>"],
        "pattern": ["'a%'", "'%b%'", "'_p%'", "'%'", "''", "'%\\_%'"],
        "not": ["", "", "NOT "],
        "divisor": ["2", "3", "-3", "7"],
        "places": ["0", "1", "2", "-1"],
        "start": ["1", "2", "3"],
        "length": ["0", "1", "2", "10"],
        "few": ["0", "1", "2", "3"],
        "offset": ["1", "2"],
    }
    forms = {}
    # COUNT, SUM, AVG, MIN, MAX are added by `expressions.py`.
    aggregates = {}
    windows = {}
    # Templates of `expressions.py` that this dialect does not have.
    without = frozenset()

    # Kinds whose order and equality is that of their values: DISTINCT, GROUP BY and ORDER BY of these
    # leave nothing open.
    exact_kinds = frozenset({"int", "decimal", "float", "text", "date", "stamp", "moment", "bool"})
    # Kinds that `<` and MIN are not used with.
    unordered_kinds = frozenset()

    # Kinds that GROUP BY, PARTITION BY and DISTINCT do not take.
    unkeyed_kinds = frozenset()

    # Kinds of joins; `{l}` and `{r}` are the sides, `{on}` the condition.
    joins = [
        (4, "{l} JOIN {r} ON {on}"),
        (4, "{l} LEFT JOIN {r} ON {on}"),
        (1, "{l} RIGHT JOIN {r} ON {on}"),
        (1, "{l} FULL JOIN {r} ON {on}"),
        (1, "{l} CROSS JOIN {r}"),
    ]
    # Joins by name; `{names}` are columns that both have.
    joins_by_name = [
        (3, "{l} JOIN {r} USING ({names})"),
        (2, "{l} LEFT JOIN {r} USING ({names})"),
        (1, "{l} NATURAL JOIN {r}"),
    ]
    set_operations = ["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]
    # Kinds of the columns of set operations.
    set_kinds = ["int", "int", "decimal", "text", "date"]
    # Must three queries without parentheses be put together by the same operation twice?
    one_operation = False
    # Does the engine tell `a.id` and `b.id` apart as keys of ROLLUP and the like?
    totals_of_twins = True
    # Does an ORDER BY behind a set operation sort its last SELECT alone?
    last_arm_sorted = False

    # What the grammar may use (leave out what the engine that records does not have):
    #   totals_ordered       ORDER BY after ROLLUP and the like
    #   group_alias          GROUP BY the name of an output column
    #   group_position       GROUP BY 1
    #   having_alias         HAVING over names of output columns
    #   where_alias          WHERE over names of output columns
    #   lateral_alias        an output column over names of former ones
    #   order_expression     ORDER BY an expression over names of output columns
    #   nulls_order          NULLS FIRST, NULLS LAST
    #   qualify              QUALIFY
    #   named_window         WINDOW w AS (…)
    #   cte_columns          WITH c (x, y) AS
    #   recursive            WITH RECURSIVE
    #   correlated           subqueries over names of enclosing queries
    #   lateral              LATERAL derived tables
    #   outer_aggregates     a subquery may be in HAVING and beside aggregates
    #   limit_in_subquery    LIMIT in derived tables and scalar subqueries
    #   subquery_windows     window functions in subqueries of expressions
    #   set_parentheses      set operations in parentheses
    #   mixed_arms           whole numbers in an arm of a set operation of decimals
    #   sorted_arms          an arm of a set operation in parentheses, with ORDER BY and LIMIT
    #   nested_ctes          WITH in a derived table
    #   any_case             names of columns in another case are the same
    features = frozenset()

    def kind_of(self, type_):
        """The kind of a column of this type, or None."""
        return self.kinds.get(type_.lower().split("(")[0].strip())

    def quote(self, name):
        return f"{self.quotes[0]}{name}{self.quotes[1]}"

    def exactly(self, kind, sql):
        """The value in a form whose equality leaves nothing open, for DISTINCT and GROUP BY."""
        return sql

    def groupings(self):
        """Forms of GROUP BY that add rows of totals: `{keys}`, or `{k1}` and `{k2}` of two keys."""
        return ["ROLLUP({keys})", "CUBE({keys})", "GROUPING SETS (({k1}, {k2}), ({k1}), ())"]

    def bare(self, name):
        """A name without quotes, as names are held against each other."""
        return name.strip("".join(self.quotes)).lower()

    def limit(self, count, offset):
        return f"LIMIT {count}" + (f" OFFSET {offset}" if offset is not None else "")

    def qualified(self, select, qualify, windows):
        """A SELECT with its QUALIFY and WINDOW clauses, either of which may be empty."""
        return select + qualify + windows

    def select_word(self, draw):
        """A word after SELECT that changes nothing, or nothing."""
        return ""

    def stars(self, names):
        """Forms of `*` without one of the columns, or with one of them replaced: `[(text, dropped)]`."""
        return []

    def recursion(self, draw, name):
        """A recursive CTE: its text and `[(column, kind)]`; the first column identifies a row."""
        limit = draw.one(["3", "5"])
        step = draw.one(["m * 2", "m + n", "0 - m"])
        return (
            f"{name} (n, m) AS (SELECT 1, 1 UNION ALL SELECT n + 1, {step} FROM {name} WHERE n < {limit})",
            [("n", "int"), ("m", "int")],
        )

    def extras(self):
        """Further elements of FROM over those before them: `[(template, columns)]`.

        The template has `{alias}` for the element's own name and may have the holes of expressions;
        `columns` is `[(name, kind)]`: `.y` is called `alias.y`, `{alias}` is a value and no row, called
        by this name alone. No key is known of such rows.
        """
        return []

    def doubtful(self, sql, rows, error):
        """Is the answer one of the engine that records, and not of the vendor's?"""
        return False

    def runtime_errors(self):
        """Parts of messages (lower case) of errors about values, not about the text of a query."""
        return []
