"""MySQL 8, as far as MariaDB 10.11 has it too."""

import re

from ..dialect import Dialect


class MySql(Dialect):
    name = "mysql"
    kinds = {
        "int": "int",
        "bigint": "int",
        "int unsigned": "int",
        "decimal": "decimal",
        "double": "float",
        "varchar": "text",
        "date": "date",
        "datetime": "stamp",
    }
    quotes = ("`", "`")
    literals = Dialect.literals | {"text": ["'apple'", "'B'", "''", "'a_b'", "'10'", '"ops"']}
    words = Dialect.words | {
        "start": ["1", "2", "3", "0", "-2"],
        "unit": ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"],
        "part": ["YEAR", "MONTH", "DAY", "QUARTER"],
        "count": ["1", "-1", "13", "31"],
        "needle": ["'a'", "'P'", "''", "'x'"],
        "separator": ["", " SEPARATOR '|'", " SEPARATOR ''"],
    }
    forms = {
        "int": [
            "({int} DIV {divisor})",
            "({int} % {divisor})",
            "MOD({int}, {divisor})",
            "CHAR_LENGTH({text})",
            "LENGTH({text})",
            "LOCATE({needle}, {text})",
            "SIGN({int})",
            "({bool})",
            "(({bool}) + ({bool}))",
            "({same} <=> {same})",
            "IF({bool}, {int}, {int})",
            "IFNULL({int}, {int})",
            "GREATEST({int}, {int})",
            "LEAST({int}, {int})",
            "EXTRACT({part} FROM {date})",
            "YEAR({stamp})",
            "DATEDIFF({date}, {date})",
            "TIMESTAMPDIFF({unit}, {date}, {date})",
            "CAST({decimal} AS SIGNED)",
            "FIELD({int}, {few}, {int})",
            "({int} | {few})",
            "({int} XOR {int})",
        ],
        "decimal": [
            "({int} / {divisor})",
            "({decimal} / {divisor})",
            "({decimal} % {divisor})",
            "TRUNCATE({decimal}, {places})",
            "IFNULL({decimal}, {int})",
            "CAST({int} AS DECIMAL(10,2))",
            "IF({bool}, {decimal}, {int})",
            "CEIL({decimal})",
        ],
        "float": ["({float} / {divisor})", "SQRT(ABS({int}))", "({float} + {int})"],
        "text": [
            "SUBSTRING({text}, {start}, {length})",
            "LEFT({text}, {few})",
            "RIGHT({text}, {few})",
            "LPAD({text}, {few}, '*')",
            "REPEAT({text}, {few})",
            "REVERSE({text})",
            "CAST({int} AS CHAR)",
            "CONCAT_WS('-', {text}, {text}, {text})",
            "CONCAT({text}, {int})",
            "IF({bool}, {text}, {text})",
            "IFNULL({text}, {text})",
            "DATE_FORMAT({date}, '%Y-%m')",
            "SUBSTRING_INDEX({text}, 'p', {few})",
        ],
        "date": [
            "DATE_ADD({date}, INTERVAL {count} {unit})",
            "({date} - INTERVAL {offset} MONTH)",
            "LAST_DAY({date})",
            "DATE({stamp})",
            "IFNULL({date}, {date})",
        ],
        "stamp": ["DATE_ADD({stamp}, INTERVAL {count} HOUR)", "CAST({date} AS DATETIME)"],
        "bool": [
            "({same} <=> {same})",
            "({leaf} <=> NULL)",
            "{int}",
            "({bool} XOR {bool})",
            "{same} {op} ANY ({column})",
            "{same} {op} ALL ({column})",
            "({bool}) IS {not}TRUE",
            # NOT IN of rows makes inner joins of outer ones in MariaDB.
            "({leaf}, {int}) IN (({same}, {int}), ({same}, 1))",
            "!({bool})",
            "{bool} && {bool}",
        ],
    }
    aggregates = {
        "int": ["SUM({bool})", "BIT_OR({int})"],
        "decimal": ["AVG({int})"],
        "text": ["GROUP_CONCAT({exact} ORDER BY {key}{separator})", "GROUP_CONCAT({int} ORDER BY {key})"],
    }
    # MariaDB has no default in LAG.
    without = frozenset({"LAG({same}, {offset}, {same}) OVER ({over total})"})
    # The collation takes `a` and `A` for one.
    exact_kinds = Dialect.exact_kinds - {"text"}
    joins = [(w, j) for w, j in Dialect.joins if "FULL" not in j] + [(1, "{l} STRAIGHT_JOIN {r} ON {on}")]
    set_operations = ["UNION", "UNION ALL", "UNION DISTINCT", "INTERSECT", "EXCEPT"]
    # IN with a query over windows is another answer in MariaDB, so `subquery_windows` is not here.
    features = frozenset(
        {
            "group_alias",
            "group_position",
            "having_alias",
            "order_expression",
            "named_window",
            "cte_columns",
            "recursive",
            "correlated",
            "outer_aggregates",
            "limit_in_subquery",
            "set_parentheses",
            "sorted_arms",
            "nested_ctes",
            "any_case",
        }
    )

    def exactly(self, kind, sql):
        return f"LOWER({sql})" if kind == "text" else sql

    def groupings(self):
        # MariaDB makes other totals than MySQL: none of no rows, and not of a column's second output.
        return []

    def limit(self, count, offset):
        return f"LIMIT {count}" if offset is None else f"LIMIT {offset}, {count}"

    def doubtful(self, sql, rows):
        # Frames that begin behind the row are wrong in MariaDB beside functions, and so is the
        # smallest or largest of no rows behind ALL and ANY.
        return "FOLLOWING AND" in sql or re.search(r"(ALL|ANY) \(SELECT M(IN|AX)\(", sql) is not None

    def select_word(self, draw):
        return draw.weighted([(20, ""), (1, "ALL "), (1, "STRAIGHT_JOIN ")])


DIALECT = MySql()
