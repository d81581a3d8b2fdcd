"""ClickHouse with its default settings."""

import re

from ..dialect import Dialect


class ClickHouse(Dialect):
    name = "clickhouse"
    kinds = {
        "int32": "int",
        "int64": "int",
        "decimal": "decimal",
        "float64": "float",
        "string": "text",
        "date": "date",
        "datetime": "stamp",
    }
    quotes = ("`", "`")
    literals = Dialect.literals | {
        "decimal": ["toDecimal64('0.5', 2)", "toDecimal64('-2.25', 2)", "toDecimal32('10.2', 1)"],
        "float": ["0.5", "-2.5", "1e1"],
        "text": ["'Oslo'", "'b'", "''", "'north'", "'a,b,,c'", "'10'"],
        "date": ["toDate('2024-02-29')", "toDate('2023-12-31')", "DATE '2020-01-31'"],
        "stamp": ["toDateTime('2024-02-29 10:30:45')", "toDateTime('2023-12-31 00:00:00')"],
        "bool": ["1", "0"],
    }
    words = Dialect.words | {
        "start": ["1", "2", "3", "-2"],
        "unit": ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"],
        "difference": ["'day'", "'week'", "'month'", "'quarter'", "'year'"],
        "count": ["1", "-1", "13", "31"],
        "needle": ["'a'", "'o'", "'x'"],
        "expression": ["'[a-z]+'", "'^n'", "'o.'", "'[0-9]'"],
        "pattern": ["'a%'", "'%b%'", "'_o%'", "'%'", "''", "'%\\\\_%'"],
        "index": ["1", "2", "-1", "3"],
        "nulls": ["", " IGNORE NULLS", " RESPECT NULLS"],
    }
    forms = {
        "int": [
            "intDiv({int}, {divisor})",
            "({int} % {divisor})",
            "modulo({int}, {divisor})",
            "length({text})",
            "lengthUTF8({text})",
            "position({text}, {needle})",
            "sign({int})",
            "if({bool}, {int}, {int})",
            "multiIf({bool}, {int}, {bool}, {int}, {int})",
            "ifNull({int}, {int})",
            "ifNull({leaf}, {same})",
            "({bool} ? {int} : {int})",
            "greatest({int}, {int})",
            "least({int}, {int})",
            "toYear({date})",
            "toMonth({stamp})",
            "toDayOfWeek({date})",
            "toQuarter({date})",
            "toISOWeek({date})",
            "toYYYYMM({date})",
            "toHour({stamp})",
            "EXTRACT(YEAR FROM {date})",
            "dateDiff({difference}, {date}, {date})",
            "({date} - {date})",
            "toInt32({int})",
            "toInt64({decimal})",
            "toInt32OrNull({text})",
            "toInt64OrZero({text})",
            "({bool})",
            "(({bool}) + ({bool}))",
            "bitAnd({int}, {few})",
            "length([{int}, {int}])",
            "[{int}, {int}, {few}][{index}]",
            "indexOf([{int}, {few}], {int})",
            "arraySum(x -> x * 2, [{few}, {divisor}])",
            "arrayCount(x -> x > {few}, [{int}, {few}])",
            "length(splitByChar(',', {text}))",
            "CAST({int} AS Nullable(Int64))",
            "positiveModulo({int}, {divisor})",
            "empty({text})",
        ],
        "decimal": [
            "({decimal} / {divisor})",
            "toDecimal64({int}, 2)",
            "ifNull({decimal}, toDecimal64({few}, 2))",
            "if({bool}, {decimal}, {decimal})",
            "if({bool}, {decimal}, {int})",
            "floor({decimal})",
        ],
        "float": [
            "({int} / {divisor})",
            "({int} / {int})",
            "({float} / {divisor})",
            "sqrt(abs({int}))",
            "({float} + {int})",
            "toFloat64({decimal})",
            "toFloat64({int})",
            "if({bool}, {float}, {int})",
            "coalesce({float}, {int})",
            "round({float}, {places})",
            "pow({few}, {few})",
        ],
        "text": [
            "substring({text}, {start}, {length})",
            "left({text}, {few})",
            "right({text}, {few})",
            "leftPad({text}, {few}, '*')",
            "repeat({text}, {few})",
            "reverse({text})",
            "toString({int})",
            "toString({decimal})",
            "toString({date})",
            "({text} || {text})",
            "concat({text}, {text}, {text})",
            "if({bool}, {text}, {text})",
            "multiIf({bool}, 'low', {bool}, 'mid', 'high')",
            "ifNull({text}, {text})",
            "replaceAll({text}, {needle}, '-')",
            "replaceOne({text}, 'o', '')",
            "replaceRegexpAll({text}, {expression}, '#')",
            "extract({text}, {expression})",
            "splitByChar(',', {text})[{index}]",
            "arrayStringConcat([{text}, {text}], '+')",
            "formatDateTime({date}, '%Y-%m')",
            "trimBoth({text})",
            "transform({text}, ['a', 'b'], ['x', 'y'], 'other')",
        ],
        "date": [
            "addMonths({date}, {count})",
            "addDays({date}, {count})",
            "({date} + INTERVAL {count} {unit})",
            "({date} - {few})",
            "toStartOfMonth({date})",
            "toStartOfWeek({date})",
            "toMonday({date})",
            "toStartOfQuarter({date})",
            "toStartOfYear({date})",
            "toLastDayOfMonth({date})",
            "toDate({stamp})",
            "date_trunc('month', {date})",
            "ifNull({date}, {date})",
            "if({bool}, {date}, {date})",
        ],
        "stamp": [
            "addHours({stamp}, {count})",
            "({stamp} + INTERVAL {count} HOUR)",
            "toStartOfHour({stamp})",
            "toDateTime({date})",
            "date_trunc('hour', {stamp})",
        ],
        "bool": [
            "({same} <=> {same})",
            "({same} IS {not}DISTINCT FROM {same})",
            "isNull({leaf})",
            "isNotNull({leaf})",
            "startsWith({text}, {text})",
            "match({text}, {expression})",
            "{text} {not}ILIKE {pattern}",
            "has([{int}, {few}], {int})",
            "({leaf}, {int}) {not}IN (({literal}, {few}), ({literal}, 1))",
            "({bool}) = ({bool})",
            "xor({bool}, {bool})",
            "{int}",
            "{same} == {same}",
            "{same} != {same}",
            "equals({int}, {int})",
            "{date} {op} '2024-02-01'",
            "arrayExists(x -> x = {int}, [{few}, {int}])",
            "empty({text})",
        ],
    }
    aggregates = {
        "int": [
            "count()",
            "countIf({bool})",
            "sumIf({int}, {bool})",
            "uniqExact({exact})",
            "minIf({int}, {bool})",
            "length(groupArray({same}))",
            "length(groupUniqArray({exact}))",
            "any({few})",
            "groupBitOr({int})",
            "sum({int} * {few})",
        ],
        "decimal": ["sumIf({decimal}, {bool})", "sum({decimal})"],
        "float": ["avg({int})", "avg({decimal})", "avgIf({int}, {bool})", "medianExact({int})"],
        "text": ["minIf({exact}, {bool})", "arrayStringConcat(arraySort(groupArray({text})), '|')"],
        "date": ["maxIf({date}, {bool})"],
    }
    windows = {
        "int": ["countIf({bool}) OVER ({over rows})", "lagInFrame({int}) OVER ({over total})"],
        "text": [
            "first_value({text}){nulls} OVER ({over rows})",
            "last_value({text}){nulls} OVER ({over rows})",
        ],
    }
    joins = [
        *Dialect.joins,
        (1, "{l} LEFT OUTER JOIN {r} ON {on}"),
    ]
    joins_by_name = [(3, "{l} JOIN {r} USING ({names})"), (2, "{l} LEFT JOIN {r} USING ({names})")]
    set_operations = ["UNION ALL", "UNION DISTINCT", "INTERSECT", "EXCEPT", "INTERSECT DISTINCT", "EXCEPT DISTINCT"]
    features = frozenset(
        {
            "group_alias",
            "group_position",
            "having_alias",
            "where_alias",
            "lateral_alias",
            "order_expression",
            "nulls_order",
            "qualify",
            "named_window",
            "recursive",
            "correlated",
            "outer_aggregates",
            "limit_in_subquery",
            "set_parentheses",
            "totals_ordered",
        }
    )

    def kind_of(self, type_):
        inner = re.fullmatch(r"(?:Nullable|LowCardinality)\((.*)\)", type_)
        return self.kind_of(inner[1]) if inner else super().kind_of(type_)

    def groupings(self):
        return [*super().groupings(), "{keys} WITH ROLLUP", "{keys} WITH CUBE"]

    def limit(self, count, offset):
        return f"LIMIT {count}" if offset is None else f"LIMIT {offset}, {count}"

    def qualified(self, select, qualify, windows):
        return select + windows + qualify

    def stars(self, names):
        dropped = names[-1]
        return [(f"* EXCEPT {dropped}", dropped), (f"* EXCEPT ({dropped})", dropped)]

    def recursion(self, draw, name):
        limit = draw.one(["3", "5"])
        step = draw.one(["m * 2", "m + n", "0 - m"])
        first = "SELECT toInt64(1) AS n, toInt64(1) AS m"
        return (
            f"{name} AS ({first} UNION ALL SELECT n + 1, {step} FROM {name} WHERE n < {limit})",
            [("n", "int"), ("m", "int")],
        )

    def extras(self):
        return [
            (" ARRAY JOIN splitByChar(',', {text}) AS {alias}", [("{alias}", "text")]),
            (" LEFT ARRAY JOIN range({few}) AS {alias}", [("{alias}", "int")]),
        ]

    def runtime_errors(self):
        return ["illegal_division", "decimal_overflow", "cannot_parse", "incorrect_result_of_scalar_subquery", "cannot_convert", "argument_out_of_bound"]


DIALECT = ClickHouse()
