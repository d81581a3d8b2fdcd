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
        "smallint": "int",
        "tinyint": "int",
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
        "small unit": ["SECOND", "MINUTE", "HOUR"],
        "clock": ["HOUR", "MINUTE", "SECOND"],
        "mode": ["", ", 0", ", 1", ", 3", ", 5"],
        "day format": ["'%d/%m/%y'", "'%Y-%j'", "'%W %M'", "'%a %b %e'", "'%x-W%v'", "'%X/%V'", "'%c.%D'", "'%%w %w'"],
        "time format": ["'%H:%i:%s'", "'%h:%i %p'", "'%T'", "'%r'", "'%Y%m%d%H%i%s'", "'%l|%k'", "'%f'"],
        "expression": ["'a'", "'^[a-c]'", "'p+'", "'.{5}'", "'(a|e)$'", "'[[:digit:]]'"],
        "day text": ["'2024-02-29'", "'2023-12-31'", "'1999-01-01'"],
        "stamp text": ["'2024-01-01 12:30:00'", "'2023-12-31'", "'2024-02-29 23:59:59.5'"],
        "number text": ["'12'", "'-3.5'", "' 7'", "'0'", "'10.250'"],
        "span": ["'1:30' MINUTE_SECOND", "'1 2' DAY_HOUR", "'1-1' YEAR_MONTH", "1 WEEK", "-1 MONTH", "90 MINUTE"],
        "side": ["BOTH", "LEADING", "TRAILING"],
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
            "INSTR({text}, {needle})",
            "ASCII({text})",
            "DAYOFWEEK({date})",
            "WEEKDAY({date})",
            "DAYOFYEAR({date})",
            "WEEK({date}{mode})",
            "YEARWEEK({date}{mode})",
            "TO_DAYS({date})",
            "EXTRACT({clock} FROM {stamp})",
            "EXTRACT(YEAR_MONTH FROM {date})",
            "MICROSECOND({stamp})",
            "TIMESTAMPDIFF({small unit}, {stamp}, {stamp})",
            "TIMESTAMPDIFF({unit}, {stamp}, {stamp})",
            "FLOOR({decimal})",
            "ROUND({int}, -1)",
            "ROUND({decimal})",
            "({int} & {few})",
            "({int} ^ {few})",
            "({int} << {few})",
            "BIT_COUNT({int})",
            "FIND_IN_SET({text}, 'apple,b,a_b,')",
            "STRCMP({text}, {text})",
            "CAST({number text} AS SIGNED)",
            "COALESCE({int}, {bool}, {few})",
            "NULLIF({int}, {decimal})",
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
            "GREATEST({decimal}, {int})",
            "LEAST({decimal}, {decimal}, {int})",
            "COALESCE({decimal}, {int})",
            "COALESCE({int}, {decimal})",
            "CAST({number text} AS DECIMAL(10,2))",
            "CAST({decimal} AS DECIMAL(12,1))",
            "CASE WHEN {bool} THEN {int} ELSE {decimal} END",
            "MOD({decimal}, {decimal})",
            "({decimal} DIV {divisor})",
            "({int} * 0.1)",
            "ROUND({decimal} / {divisor}, 2)",
            "ROUND({int} / {divisor}, 1)",
            "({int} / NULLIF({int}, 0))",
        ],
        "float": ["({float} / {divisor})", "SQRT(ABS({int}))", "({float} + {int})", "POW({few}, 2)", "ROUND({float}, 1)", "({float} * {decimal})"],
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
            "SUBSTRING_INDEX({text}, 'a', -1)",
            "SUBSTRING({text} FROM {start})",
            "MID({text}, {start}, {length})",
            "INSERT({text}, {start}, {length}, 'zz')",
            "LTRIM({text})",
            "RTRIM({text})",
            "TRIM({side} 'a' FROM {text})",
            "RPAD({text}, {length}, 'xy')",
            "ELT({few}, 'x', {text}, 'z')",
            "DATE_FORMAT({date}, {day format})",
            "DATE_FORMAT({stamp}, {time format})",
            "DAYNAME({date})",
            "MONTHNAME({date})",
            "FORMAT({decimal}, {few})",
            "CAST({date} AS CHAR)",
            "CAST({decimal} AS CHAR)",
            "CAST({text} AS CHAR(3))",
            "CONCAT({decimal}, '|', {date})",
            "CONCAT({text}, ' ', {stamp})",
            "COALESCE({text}, {int})",
            "COALESCE({int}, {text})",
            "IFNULL({date}, 'none')",
            "IF({bool}, {int}, 'no')",
            "CASE WHEN {bool} THEN {decimal} ELSE {text} END",
            "REGEXP_REPLACE({text}, {expression}, '#')",
            "HEX({int})",
            "SPACE({few})",
            "GREATEST({text}, {text})",
        ],
        "date": [
            "DATE_ADD({date}, INTERVAL {count} {unit})",
            "({date} - INTERVAL {offset} MONTH)",
            "LAST_DAY({date})",
            "DATE({stamp})",
            "IFNULL({date}, {date})",
            "ADDDATE({date}, {int})",
            "SUBDATE({date}, INTERVAL {few} WEEK)",
            "MAKEDATE(2024, {few})",
            "STR_TO_DATE('29/02/2024', '%d/%m/%Y')",
            "CAST({day text} AS DATE)",
            "GREATEST({date}, {date})",
            "LAST_DAY({stamp})",
            "DATE_ADD(LAST_DAY({date}), INTERVAL 1 DAY)",
            "DATE_SUB({date}, INTERVAL DAYOFMONTH({date}) - 1 DAY)",
            "FROM_DAYS(TO_DAYS({date}) + {few})",
        ],
        "stamp": [
            "DATE_ADD({stamp}, INTERVAL {count} HOUR)",
            "CAST({date} AS DATETIME)",
            "DATE_ADD({stamp}, INTERVAL {span})",
            "({stamp} - INTERVAL {span})",
            "TIMESTAMPADD({unit}, {few}, {stamp})",
            "DATE_ADD({date}, INTERVAL {few} HOUR)",
            "TIMESTAMP({date})",
            "STR_TO_DATE('2024-02-29 23:59', '%Y-%m-%d %H:%i')",
            "COALESCE({stamp}, {date})",
        ],
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
            "{bool} || {bool}",
            "{int} {op} {decimal}",
            "{decimal} {op} {float}",
            "{date} {op} {day text}",
            "{date} {not}BETWEEN {day text} AND {day text}",
            "{date} {not}IN ({day text}, {day text})",
            "{stamp} {op} {stamp text}",
            "{stamp} {op} {date}",
            "{int} {op} {number text}",
            "{decimal} {op} {number text}",
            "{decimal} {not}IN ({int}, {decimal}, {number text})",
            "{int} {not}BETWEEN {decimal} AND {int}",
            "{text} {not}REGEXP {expression}",
            "{text} {not}LIKE {text}",
            "{text} {not}LIKE 'a|_%' ESCAPE '|'",
            "{decimal}",
            "({bool}) IS {not}UNKNOWN",
            "({bool}) {eq} ({bool})",
            "({leaf}, {same}) {eq} ({same}, {same})",
            "({leaf}, {same}) < ({same}, {same})",
        ],
    }
    aggregates = {
        "int": ["SUM({bool})", "BIT_OR({int})", "BIT_AND({int})", "COUNT(DISTINCT {int}, {exact})", "COUNT({bool} OR NULL)"],
        "decimal": [
            "AVG({int})",
            "AVG(DISTINCT {int})",
            "(SUM({int}) / COUNT(*))",
            "ROUND(AVG({decimal}), 1)",
            "(SUM({decimal}) / NULLIF(SUM({int}), 0))",
            "SUM(IF({bool}, {decimal}, 0))",
            "AVG({bool})",
        ],
        "float": ["STDDEV_POP({int})", "VAR_SAMP({decimal})"],
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
            "mixed_arms",
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

    def doubtful(self, sql, rows, error):
        # Frames that begin behind the row are wrong in MariaDB beside functions, and so is the
        # smallest or largest of no rows behind ALL and ANY. LAG of times makes days that are none.
        if any(str(value).startswith("0000-00-00") for row in rows for value in row):
            return True
        return "FOLLOWING AND" in sql or re.search(r"(ALL|ANY) \(SELECT M(IN|AX)\(", sql) is not None

    def select_word(self, draw):
        return draw.weighted([(20, ""), (1, "ALL "), (1, "STRAIGHT_JOIN ")])


DIALECT = MySql()
