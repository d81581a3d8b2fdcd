"""BigQuery (GoogleSQL)."""

from ..dialect import Dialect


class BigQuery(Dialect):
    name = "bigquery"
    kinds = {
        "int64": "int",
        "numeric": "decimal",
        "float64": "float",
        "string": "text",
        "date": "date",
        "datetime": "stamp",
        "bool": "bool",
    }
    quotes = ("`", "`")
    # Names of output columns may have letters, digits and `_` alone.
    quoted_aliases = ["order", "MiXed", "Group", "limit"]
    literals = Dialect.literals | {
        "int": ["0", "1", "2", "3", "-1", "-7", "10", "0x1F"],
        "decimal": ["NUMERIC '0.5'", "NUMERIC '-0.5'", "NUMERIC '1.50'", "NUMERIC '10.25'"],
        "float": ["0.5", "-2.5", "1e1", "CAST('nan' AS FLOAT64)"],
        "text": ["'ann'", "'b'", "''", '"Zoë"', "r'a_b'", "'10'", "'north'"],
        "stamp": ["DATETIME '2024-02-29 10:30:45'", "DATETIME '2023-12-31 00:00:00'"],
    }
    words = Dialect.words | {
        "start": ["1", "2", "3", "0", "-2"],
        "unit": ["DAY", "WEEK", "ISOWEEK", "MONTH", "QUARTER", "YEAR"],
        "step": ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"],
        "part": ["YEAR", "MONTH", "DAY", "QUARTER", "DAYOFWEEK", "ISOWEEK"],
        "count": ["1", "-1", "13", "31"],
        "needle": ["'a'", "'n'", "''", "'o'"],
        "nulls": ["", " IGNORE NULLS", " RESPECT NULLS"],
        "pattern": [*Dialect.words["pattern"][:-1], "'%\\\\_%'"],
        "expression": ["r'[a-z]+'", "r'n'", "r'^a'", "r'o.'"],
    }
    forms = {
        "int": [
            "DIV({int}, {divisor})",
            "MOD({int}, {divisor})",
            "LENGTH({text})",
            "BYTE_LENGTH({text})",
            "STRPOS({text}, {needle})",
            "SIGN({int})",
            "IF({bool}, {int}, {int})",
            "IFNULL({int}, {int})",
            "GREATEST({int}, {int})",
            "LEAST({int}, {int})",
            "EXTRACT({part} FROM {date})",
            "EXTRACT({part} FROM {stamp})",
            "DATE_DIFF({date}, {date}, {unit})",
            "CAST({decimal} AS INT64)",
            "CAST({bool} AS INT64)",
            "SAFE_CAST({text} AS INT64)",
            "ARRAY_LENGTH([{int}, {int}])",
            "ARRAY_LENGTH(ARRAY({column}))",
            "({int} | {few})",
            "({int} << {few})",
            "[{int}, {int}][SAFE_OFFSET({few})]",
        ],
        "decimal": [
            "({decimal} / {divisor})",
            "CAST({int} AS NUMERIC)",
            "TRUNC({decimal}, {places})",
            "IFNULL({decimal}, {int})",
            "IF({bool}, {decimal}, {int})",
            "CEIL({decimal})",
        ],
        "float": [
            "({int} / {divisor})",
            "({float} / {divisor})",
            "SAFE_DIVIDE({int}, {int})",
            "SQRT(ABS({int}))",
            "({float} + {int})",
            "CAST({int} AS FLOAT64)",
            "GREATEST({float}, {float})",
        ],
        "text": [
            "SUBSTR({text}, {start}, {length})",
            "LEFT({text}, {few})",
            "RIGHT({text}, {few})",
            "LPAD({text}, {few}, '*')",
            "REPEAT({text}, {few})",
            "REVERSE({text})",
            "CAST({int} AS STRING)",
            "CAST({date} AS STRING)",
            "({text} || {text})",
            "IF({bool}, {text}, {text})",
            "IFNULL({text}, {text})",
            "FORMAT_DATE('%Y-%m', {date})",
            "REGEXP_REPLACE({text}, {expression}, '#')",
            "REGEXP_EXTRACT({text}, {expression})",
            "SPLIT({text}, 'n')[SAFE_OFFSET({few})]",
            "INITCAP({text})",
            "TRIM({text}, 'an')",
        ],
        "date": [
            "DATE_ADD({date}, INTERVAL {count} {step})",
            "DATE_SUB({date}, INTERVAL {int} DAY)",
            "DATE_TRUNC({date}, {unit})",
            "LAST_DAY({date})",
            "DATE({stamp})",
            "IFNULL({date}, {date})",
            "({date} + {few})",
        ],
        "stamp": [
            "DATETIME_ADD({stamp}, INTERVAL {count} HOUR)",
            "DATETIME_TRUNC({stamp}, {unit})",
            "DATETIME({date})",
        ],
        "bool": [
            "({same} IS {not}DISTINCT FROM {same})",
            "({leaf} IS {not}DISTINCT FROM NULL)",
            "STARTS_WITH({text}, {text})",
            "REGEXP_CONTAINS({text}, {expression})",
            "{same} IN UNNEST([{same}, {same}])",
            "({bool}) IS {not}TRUE",
            "({leaf}, {int}) {not}IN (({same}, {int}), ({same}, 1))",
            "IF({bool}, {bool}, {bool})",
            "({bool}) = ({bool})",
            "{text} {not}LIKE ANY ('a%', {text})",
        ],
    }
    aggregates = {
        "int": [
            "COUNTIF({bool})",
            "ARRAY_LENGTH(ARRAY_AGG({same} IGNORE NULLS))",
            "ARRAY_AGG({same} IGNORE NULLS ORDER BY {key} LIMIT 1)[SAFE_OFFSET(0)]",
            "MAX({int} HAVING MAX {leaf})",
        ],
        "float": ["AVG({int})"],
        "text": [
            "STRING_AGG({text}, '|' ORDER BY {key})",
            "STRING_AGG({text} ORDER BY {key} LIMIT 2)",
            "ARRAY_TO_STRING(ARRAY_AGG({text} IGNORE NULLS ORDER BY {key}), ',', 'nil')",
        ],
        "bool": ["LOGICAL_AND({bool})", "LOGICAL_OR({bool})"],
    }
    windows = {
        "int": ["COUNTIF({bool}) OVER ({over rows})", "COUNT(DISTINCT {int}) OVER ()"],
        "text": [
            "FIRST_VALUE({text}{nulls}) OVER ({over rows})",
            "LAST_VALUE({text}{nulls}) OVER ({over rows})",
            "NTH_VALUE({text}, 2{nulls}) OVER ({over rows})",
        ],
    }
    unkeyed_kinds = frozenset({"float"})
    # The engine that records has no NATURAL JOIN.
    joins_by_name = [(w, j) for w, j in Dialect.joins_by_name if "NATURAL" not in j]
    set_operations = ["UNION ALL", "UNION DISTINCT", "INTERSECT DISTINCT", "EXCEPT DISTINCT"]
    one_operation = True
    features = frozenset(
        {
            "group_alias",
            "group_position",
            "having_alias",
            "order_expression",
            "nulls_order",
            "qualify",
            "named_window",
            "recursive",
            "correlated",
            "outer_aggregates",
            "limit_in_subquery",
            "set_parentheses",
            "sorted_arms",
            "subquery_windows",
            "nested_ctes",
            "any_case",
            "totals_ordered",
        }
    )

    def stars(self, names):
        dropped = names[-1]
        first = names[0]
        forms = [(f"* EXCEPT ({dropped})", dropped)]
        if len(names) > 1:
            forms.append((f"* REPLACE ({first} AS {first}, NULLIF({dropped}, {dropped}) AS {dropped})", ""))
        return forms

    def recursion(self, draw, name):
        limit = draw.one(["3", "5"])
        step = draw.one(["m * 2", "m + n", "-m"])
        return (
            f"{name} AS (SELECT 1 AS n, 1 AS m UNION ALL SELECT n + 1, {step} FROM {name} WHERE n < {limit})",
            [("n", "int"), ("m", "int")],
        )

    def extras(self):
        return [
            (", UNNEST([{int}, {few}, NULL]) AS {alias}", [("{alias}", "int")]),
            (
                " CROSS JOIN UNNEST([{int}, {few}]) AS {alias} WITH OFFSET AS {alias}o",
                [("{alias}", "int"), ("{alias}o", "int")],
            ),
            (" LEFT JOIN UNNEST(GENERATE_ARRAY(1, {few})) AS {alias}", [("{alias}", "int")]),
            (" LEFT JOIN UNNEST(SPLIT({text}, 'n')) AS {alias} ON LENGTH({alias}) > 1", [("{alias}", "text")]),
        ]

    def runtime_errors(self):
        return ["out_of_range", "division by zero", "overflow", "bad int64", "invalid date"]


DIALECT = BigQuery()
