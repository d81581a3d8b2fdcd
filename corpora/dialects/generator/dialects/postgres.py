"""PostgreSQL."""

from ..dialect import Dialect


class Postgres(Dialect):
    name = "postgres"
    kinds = {
        "integer": "int",
        "smallint": "int",
        "bigint": "int",
        "numeric": "decimal",
        "double precision": "float",
        "text": "text",
        "varchar": "text",
        "date": "date",
        "timestamp": "stamp",
        "boolean": "bool",
    }
    # Quoted names keep their case, others lose it.
    aliases = [*Dialect.aliases[:-1], "r2"]
    quoted_aliases = ["Total Sum", "order", "MiXed", "x-y", "Id"]
    literals = Dialect.literals | {
        "float": ["0.5::float8", "-2.5::float8", "'NaN'::float8", "'Infinity'::float8"],
        "text": ["'ann'", "'b'", "''", "E'a_b'", "'10'", "'north'::text"],
    }
    words = Dialect.words | {
        "start": ["1", "2", "3", "0", "-2"],
        "length": ["0", "1", "2", "10"],
        "part": ["year", "month", "day", "quarter", "dow", "isodow", "doy"],
        "field": ["'day'", "'week'", "'month'", "'quarter'", "'year'"],
        "interval": ["INTERVAL '1 day'", "INTERVAL '1 month'", "INTERVAL '36 hours'"],
        "needle": ["'a'", "'n'", "''", "'o'"],
        "expression": ["'[a-z]+'", "'n'", "'^a'", "'o.'"],
        "pattern": ["'a%'", "'%n%'", "'_n%'", "'%'", "''", "'%\\_%'"],
        "distinctness": ["DISTINCT", "NOT DISTINCT"],
    }
    forms = {
        "int": [
            "({int} / {divisor})",
            "({int} % {divisor})",
            "length({text})",
            "strpos({text}, {needle})",
            "sign({int})::int",
            "greatest({int}, {int})",
            "least({int}, {int})",
            "extract({part} FROM {date})::int",
            "extract({part} FROM {stamp})::int",
            "({date} - {date})",
            "CAST({decimal} AS integer)",
            "({bool})::int",
            "({int} & {few})",
            "cardinality(ARRAY({column}))",
            "(ARRAY[{int}, {int}])[{few}]",
            "num_nulls({int}, {text})",
        ],
        "decimal": [
            "({decimal} / {divisor})",
            "({decimal} % {divisor})",
            "({int} * 1.25)",
            "trunc({decimal}, {places})",
            "({decimal})::numeric(20,3)",
            "ceil({decimal})",
            "sign({decimal})",
        ],
        "float": [
            "({float} / {divisor})",
            "sqrt(abs({int}))",
            "({int})::float8",
            "({float} + {int})",
            "greatest({float}, {float})",
        ],
        "text": [
            "substring({text} FROM {start} FOR {length})",
            "left({text}, {start})",
            "right({text}, {start})",
            "lpad({text}, {few}, '*')",
            "repeat({text}, {few})",
            "reverse({text})",
            "({int})::text",
            "({date})::text",
            "({text} || {text})",
            "({text} || {int})",
            "concat_ws('-', {text}, {text}, {int})",
            "to_char({date}, 'YYYY-MM')",
            "regexp_replace({text}, {expression}, '#')",
            "split_part({text}, 'n', {divisor})",
            "initcap({text})",
            "substring({text} FROM {expression})",
        ],
        "date": ["({date} + {few})", "({stamp})::date", "date_trunc({field}, {date})::date"],
        "stamp": ["({stamp} + {interval})", "date_trunc({field}, {stamp})", "({date})::timestamp", "({date} - {interval})"],
        "bool": [
            "({same} IS {distinctness} FROM {same})",
            "({leaf} IS {distinctness} FROM NULL)",
            "{text} ~ {expression}",
            "{text} {not}ILIKE {pattern}",
            "({bool}) IS {not}TRUE",
            "({bool}) IS {not}UNKNOWN",
            "{same} {op} ANY ({column})",
            "{same} {op} ALL ({column})",
            "{same} = ANY (ARRAY[{same}, {same}])",
            "({leaf}, {int}) {not}IN (({same}, {int}), ({same}, 1))",
            "({leaf}, {int}) < ({same}, {int})",
            "({bool}) = ({bool})",
        ],
    }
    aggregates = {
        "int": [
            "count(*) FILTER (WHERE {bool})",
            "sum({int}) FILTER (WHERE {bool})",
            "max({int}) FILTER (WHERE {bool})",
            "bit_or({int})",
            "cardinality(array_agg({same}))",
            "(array_agg({int} ORDER BY {key}))[1]",
            "grouping({leaf})",
        ],
        "decimal": ["avg({int})", "sum({int} * 1.5)", "avg({decimal}) FILTER (WHERE {bool})"],
        "text": [
            "string_agg({text}, '|' ORDER BY {key})",
            "string_agg({text}, ',' ORDER BY {key}) FILTER (WHERE {bool})",
            "array_to_string(array_agg({text} ORDER BY {key}), ',', 'nil')",
        ],
        "bool": ["bool_and({bool})", "bool_or({bool})", "every({bool}) FILTER (WHERE {bool})"],
    }
    windows = {
        "int": ["count(*) FILTER (WHERE {bool}) OVER ({over rows})"],
        "text": ["nth_value({text}, 2) OVER ({over rows})", "string_agg({text}, '|') OVER ({over rows})"],
        "bool": ["bool_or({bool}) OVER ({over rows})"],
    }
    joins_by_name = [*Dialect.joins_by_name, (1, "{l} RIGHT JOIN {r} USING ({names})"), (1, "{l} FULL JOIN {r} USING ({names})")]
    set_operations = [*Dialect.set_operations, "INTERSECT ALL", "EXCEPT ALL"]
    features = frozenset(
        {
            "group_alias",
            "group_position",
            "nulls_order",
            "named_window",
            "cte_columns",
            "recursive",
            "correlated",
            "lateral",
            "outer_aggregates",
            "limit_in_subquery",
            "set_parentheses",
            "sorted_arms",
            "subquery_windows",
            "nested_ctes",
            "totals_ordered",
        }
    )

    def select_word(self, draw):
        return draw.weighted([(20, ""), (1, "ALL ")])

    def extras(self):
        return [
            (", generate_series(1, {few}) AS {alias}", [("{alias}", "int")]),
            (" CROSS JOIN LATERAL (VALUES ({int}), ({few})) AS {alias}(y)", [(".y", "int")]),
            (" LEFT JOIN LATERAL unnest(ARRAY[{int}, {few}]) AS {alias}(y) ON true", [(".y", "int")]),
            (", unnest(ARRAY[{text}, 'z']) WITH ORDINALITY AS {alias}(y, o)", [(".y", "text"), (".o", "int")]),
        ]

    def runtime_errors(self):
        return ["22"]


DIALECT = Postgres()
