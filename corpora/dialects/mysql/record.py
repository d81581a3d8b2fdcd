#!/usr/bin/env python3
"""Fill in the expected values of `cases/*.jsonl` by running each statement on a MySQL-like server.

Recorded with MariaDB 10.11.19 (Debian's `mariadb-server`) and PyMySQL 1.1, because MySQL itself is not packaged.
Start a private server first. Statements run with MySQL 8's default `sql_mode`, and with the collation that
is nearest to MySQL 8's `utf8mb4_0900_ai_ci`:

    mariadb-install-db --no-defaults --datadir=DIR --auth-root-authentication-method=normal
    mariadbd --no-defaults --datadir=DIR --socket=DIR/s.sock --skip-networking --default-time-zone=+00:00 \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci

    pip install pymysql
    python3 record.py DIR/s.sock            # all of `cases/`
    python3 record.py DIR/s.sock FILE…      # these files of cases

A case whose `origin` is a URL is documented, not recorded (MariaDB and MySQL 8 differ there), and is left as it is.
Recording again gives the same files.
"""

import json
import pathlib
import re
import sys

import pymysql

HERE = pathlib.Path(__file__).parent
SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)
KEYS = ["id", "sql", "columns", "rows", "ordered", "error", "origin", "note", "settings", "comparable"]
BINARY_CHARSET = 63
# The wire protocol's field types: dev.mysql.com, "Column Definition".
TYPES = {
    0: "decimal", 246: "decimal",
    1: "int", 2: "int", 3: "int", 8: "int", 9: "int", 13: "int", 16: "int",
    4: "float", 5: "float",
    6: "text",
    7: "timestamptz", 12: "timestamp", 10: "date", 14: "date", 11: "time",
    245: "json",
}


def result_type(field):
    if field.type_code in TYPES:
        return TYPES[field.type_code]
    return "bytes" if field.charsetnr == BINARY_CHARSET else "text"


def value(kind, raw):
    if raw is None:
        return None
    if kind == "bytes":
        data = raw if isinstance(raw, bytes) else raw.encode()
        return "\\x" + data.hex()
    if isinstance(raw, bytes):
        raw = raw.decode()
    if kind == "float":
        return repr(float(raw))
    if kind in ("timestamp", "time", "timestamptz") and "." in raw:
        raw = raw.rstrip("0").rstrip(".")
    if kind == "timestamptz":
        raw += "+00"
    return raw


def outer_order_by(sql):
    """Whether an ORDER BY stands outside of all parentheses and literals."""
    bare = re.sub(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"", "''", sql)
    while re.search(r"\([^()]*\)", bare):
        bare = re.sub(r"\([^()]*\)", " ", bare)
    return re.search(r"\border\s+by\b", bare, re.I) is not None


def main():
    db = pymysql.connect(unix_socket=sys.argv[1], user="root", charset="utf8mb4", conv={}, autocommit=True)
    cur = db.cursor()
    cur.execute("SELECT VERSION()")
    version = cur.fetchone()[0].split("-")[0]
    for setup in (
        f"SET SESSION sql_mode = '{SQL_MODE}'",
        "SET SESSION time_zone = '+00:00'",
        # It takes `A` for `a`, and so another row's value for that of a row.
        "SET SESSION optimizer_switch = 'subquery_cache=off'",
        "DROP DATABASE IF EXISTS recording",
        "CREATE DATABASE recording CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_nopad_ai_ci",
        "USE recording",
        "SET collation_connection = 'utf8mb4_uca1400_nopad_ai_ci'",
    ):
        cur.execute(setup)
    for table in json.loads((HERE / "tables.json").read_text()):
        columns = ", ".join(f"`{c['name']}` {c['type']}" for c in table["columns"])
        cur.execute(f"CREATE TABLE `{table['name']}` ({columns})")
        for row in table["rows"]:
            values = ", ".join("NULL" if v is None else db.escape(str(v)) for v in row)
            cur.execute(f"INSERT INTO `{table['name']}` VALUES ({values})")
    for path in [pathlib.Path(name) for name in sys.argv[2:]] or sorted((HERE / "cases").glob("*.jsonl")):
        lines = []
        for line in path.read_text().splitlines():
            case = json.loads(line)
            if not case.get("origin", "").startswith("http") and case.get("comparable", True):
                case.update(columns=[], rows=[], error=None, origin=f"MariaDB {version}")
                mode = case.get("settings", {}).get("sql_mode", SQL_MODE)
                cur.execute(f"SET SESSION sql_mode = '{mode}'")
                try:
                    cur.execute(case["sql"])
                    kinds = [result_type(f) for f in cur._result.fields]
                    case["columns"] = [
                        {"name": f.name, "type": k} for f, k in zip(cur._result.fields, kinds)
                    ]
                    case["rows"] = [[value(k, v) for k, v in zip(kinds, row)] for row in cur.fetchall()]
                except pymysql.Error as failure:
                    case["error"] = str(failure.args[1]).lower()
                case["ordered"] = case.get("ordered", True) and (
                    len(case["rows"]) <= 1 or outer_order_by(case["sql"])
                )
            lines.append(json.dumps({k: case[k] for k in KEYS if k in case}, ensure_ascii=False))
        path.write_text("\n".join(lines) + "\n")


main()
