"""Spark SQL 4, with ANSI mode on."""

from ..dialect import Dialect


class Spark(Dialect):
    name = "spark"
    kinds = {
        "int": "int",
        "bigint": "int",
        "decimal": "decimal",
        "double": "float",
        "string": "text",
        "date": "date",
        "timestamp": "stamp",
    }
    quotes = ("`", "`")
    quoted_aliases = ["Total Sum", "order", "MiXed", "x-y"]
    literals = Dialect.literals | {
        "int": ["0", "1", "2", "3", "-1", "-7", "10", "5L"],
        "decimal": ["0.5", "-0.5", "1.50", "10.25", "-2.25", "3BD"],
        "float": ["0.5e0", "-2.5e0", "1e1", "1.5D"],
        "text": ["'Oslo'", "'b'", "''", '"north"', "'a,b,,c'", "'10'", "'x'"],
    }
    words = Dialect.words | {
        "start": ["1", "2", "3", "0", "-2"],
        "unit": ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"],
        "trunc": ["'DAY'", "'WEEK'", "'MONTH'", "'QUARTER'", "'YEAR'"],
        "part": ["YEAR", "MONTH", "DAY", "QUARTER", "DAYOFWEEK", "WEEK", "DOY", "YEAROFWEEK"],
        "count": ["1", "-1", "13", "31"],
        "needle": ["'a'", "'o'", "''", "'x'"],
        "nulls": ["", " IGNORE NULLS", " RESPECT NULLS"],
        "expression": ["'[a-z]+'", "'^n'", "'o.'", "'[0-9]'"],
        "pattern": ["'a%'", "'%b%'", "'_o%'", "'%'", "''", "'%\\\\_%'"],
    }
    forms = {
        "int": [
            "({int} DIV {divisor})",
            "({int} % {divisor})",
            "MOD({int}, {divisor})",
            "PMOD({int}, {divisor})",
            "LENGTH({text})",
            "CHAR_LENGTH({text})",
            "OCTET_LENGTH({text})",
            "LOCATE({needle}, {text})",
            "INSTR({text}, {needle})",
            "CAST(SIGN({int}) AS INT)",
            "IF({bool}, {int}, {int})",
            "IFNULL({int}, {int})",
            "NVL({int}, {int})",
            "NVL2({leaf}, {int}, {int})",
            "GREATEST({int}, {int})",
            "LEAST({int}, {int})",
            "DECODE({int}, {few}, {int}, {few}, {int})",
            "EXTRACT({part} FROM {date})",
            "DATE_PART('{part}', {stamp})",
            "YEAR({date})",
            "DAYOFWEEK({date})",
            "WEEKDAY({date})",
            "DATEDIFF({date}, {date})",
            "DATEDIFF({unit}, {date}, {date})",
            "TIMESTAMPDIFF(HOUR, {stamp}, {stamp})",
            "CAST({decimal} AS INT)",
            "CAST({bool} AS INT)",
            "TRY_CAST({text} AS INT)",
            "INT({number})",
            "SIZE(ARRAY({int}, {int}))",
            "TRY_ELEMENT_AT(ARRAY({int}, {int}, NULL), {start})",
            "GET(ARRAY({int}, {int}), {few})",
            "ARRAY_POSITION(ARRAY({int}, {int}), {int})",
            "SIZE(SPLIT({text}, ','))",
            "({int} & {few})",
            "({int} | {few})",
            "SHIFTLEFT({few}, {few})",
            "ASCII({text})",
            "MONTH({stamp})",
            "HOUR({stamp})",
        ],
        "decimal": [
            "({decimal} / {divisor})",
            "({decimal} % {divisor})",
            "({decimal} / NULLIF({decimal}, 0))",
            "CAST({int} AS DECIMAL(12, 2))",
            "CAST({decimal} AS DECIMAL(12, 1))",
            "BROUND({decimal}, {places})",
            "IFNULL({decimal}, {int})",
            "IF({bool}, {decimal}, {int})",
            "COALESCE({int}, {decimal})",
            "GREATEST({decimal}, {int})",
            "CEIL({decimal})",
            "FLOOR({decimal})",
        ],
        "float": [
            "({int} / {divisor})",
            "({float} / {divisor})",
            "TRY_DIVIDE({int}, {int})",
            "SQRT(ABS({int}))",
            "({float} + {int})",
            "({float} * {decimal})",
            "CAST({decimal} AS DOUBLE)",
            "NANVL({float}, 0D)",
            "MONTHS_BETWEEN({date}, {date})",
            "POWER({few}, {few})",
            "IF({bool}, {float}, {int})",
        ],
        "text": [
            "SUBSTRING({text}, {start}, {length})",
            "SUBSTR({text}, {start})",
            "LEFT({text}, {few})",
            "RIGHT({text}, {few})",
            "LPAD({text}, {few}, '*')",
            "RPAD({text}, {length}, 'ab')",
            "REPEAT({text}, {few})",
            "REVERSE({text})",
            "INITCAP({text})",
            "LTRIM({text})",
            "TRIM(BOTH 'ab' FROM {text})",
            "TRANSLATE({text}, 'abo', 'xy')",
            "CAST({int} AS STRING)",
            "CAST({date} AS STRING)",
            "CAST({decimal} AS STRING)",
            "({text} || {text})",
            "({text} || {int})",
            "CONCAT_WS('-', {text}, {text}, {text})",
            "CONCAT({text}, {int})",
            "IF({bool}, {text}, {text})",
            "NVL({text}, {text})",
            "DATE_FORMAT({date}, 'yyyy-MM')",
            "SPLIT({text}, ',')[0]",
            "SPLIT_PART({text}, ',', {divisor})",
            "SUBSTRING_INDEX({text}, 'o', {few})",
            "REGEXP_REPLACE({text}, {expression}, '#')",
            "REGEXP_EXTRACT({text}, {expression}, 0)",
            "ARRAY_JOIN(ARRAY({text}, {text}), '+')",
            "GREATEST({text}, {text})",
        ],
        "date": [
            "DATE_ADD({date}, {count})",
            "DATE_SUB({date}, {few})",
            "ADD_MONTHS({date}, {count})",
            "({date} + INTERVAL {count} MONTH)",
            "({date} - INTERVAL '{offset}' DAY)",
            "({date} + {few})",
            "LAST_DAY({date})",
            "TRUNC({date}, {trunc})",
            "NEXT_DAY({date}, 'MON')",
            "CAST({stamp} AS DATE)",
            "TO_DATE({stamp})",
            "TRY_CAST({text} AS DATE)",
            "MAKE_DATE(2024, {divisor}, 29)",
            "IFNULL({date}, {date})",
            "GREATEST({date}, {date})",
        ],
        "stamp": [
            "DATE_TRUNC({trunc}, {stamp})",
            "DATE_TRUNC('HOUR', {stamp})",
            "({stamp} + INTERVAL {count} HOUR)",
            "({stamp} - INTERVAL '1 02:30:00' DAY TO SECOND)",
            "CAST({date} AS TIMESTAMP)",
            "TIMESTAMPADD({unit}, {count}, {stamp})",
        ],
        "bool": [
            "({same} <=> {same})",
            "({leaf} <=> NULL)",
            "({same} IS {not}DISTINCT FROM {same})",
            "STARTSWITH({text}, {text})",
            "CONTAINS({text}, {needle})",
            "{text} RLIKE {expression}",
            "{text} {not}ILIKE {pattern}",
            "{text} {not}LIKE ANY ('a%', {pattern})",
            "({bool}) IS {not}TRUE",
            "ARRAY_CONTAINS(ARRAY({int}, {int}), {int})",
            "({leaf}, {int}) {not}IN (({same}, {int}), ({same}, 1))",
            "IF({bool}, {bool}, {bool})",
            "({bool}) = ({bool})",
            "({bool}) == ({bool})",
            "!({bool})",
            "ISNULL({leaf})",
            "{same} != {same}",
            "{date} {op} {stamp}",
            "{int} {op} '10'",
        ],
    }
    aggregates = {
        "int": [
            "COUNT_IF({bool})",
            "COUNT({int}) FILTER (WHERE {bool})",
            "COUNT(DISTINCT {exact}, {exact})",
            "SUM({int}) FILTER (WHERE {bool})",
            "SIZE(COLLECT_LIST({same}))",
            "SIZE(COLLECT_SET({exact}))",
            "BIT_OR({int})",
            
        ],
        "decimal": ["SUM({decimal}) FILTER (WHERE {bool})", "MIN({decimal} + {int})"],
        "float": ["AVG({int})", "PERCENTILE({int}, 0.5)", "PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY {int})"],
        "text": ["ARRAY_JOIN(SORT_ARRAY(COLLECT_LIST({text})), '|')"],
        "bool": ["BOOL_AND({bool})", "ANY({bool})", "EVERY({bool})"],
    }
    windows = {
        "int": ["COUNT_IF({bool}) OVER ({over rows})", "LAG({int}) IGNORE NULLS OVER ({over total})"],
        "text": [
            "FIRST_VALUE({text}){nulls} OVER ({over rows})",
            "LAST_VALUE({text}){nulls} OVER ({over rows})",
            "NTH_VALUE({text}, 2){nulls} OVER ({over rows})",
            "FIRST({text}) OVER ({over rows})",
        ],
    }
    set_operations = ["UNION", "UNION ALL", "UNION DISTINCT", "INTERSECT", "EXCEPT", "MINUS", "EXCEPT ALL", "INTERSECT ALL"]
    features = frozenset(
        {
            "group_alias",
            "group_position",
            "having_alias",
            "lateral_alias",
            "order_expression",
            "nulls_order",
            "named_window",
            "cte_columns",
            "correlated",
            "lateral",
            "outer_aggregates",
            "limit_in_subquery",
            "set_parentheses",
            "totals_ordered",
        }
    )

    def groupings(self):
        return [*super().groupings(), "{keys} WITH ROLLUP", "{keys} WITH CUBE", "{k1}, {k2} GROUPING SETS (({k1}, {k2}), ())"]

    def stars(self, names):
        return [(f"* EXCEPT ({names[-1]})", names[-1])]

    def extras(self):
        return [
            (" LATERAL VIEW EXPLODE(ARRAY({int}, {few}, NULL)) {alias} AS x1", [(".x1", "int")]),
            (" LATERAL VIEW OUTER POSEXPLODE(SPLIT({text}, ',')) {alias} AS p1, t1", [(".p1", "int"), (".t1", "text")]),
            (" CROSS JOIN LATERAL EXPLODE(SEQUENCE(1, {divisor})) AS {alias}(x1)", [(".x1", "int")]),
        ]

    def runtime_errors(self):
        return ["divide_by_zero", "overflow", "cast_invalid_input", "numeric_value_out_of_range", "invalid_array_index", "scalar_subquery_too_many_rows"]


DIALECT = Spark()
