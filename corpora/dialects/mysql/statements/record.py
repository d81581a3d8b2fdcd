#!/usr/bin/env python3
"""Records what the statements of `recorded.jsonl` leave on a MySQL-like server, in place.

    python3 statements/record.py DIR/s.sock

The server is started as `../record.py` says. Recorded with MariaDB 10.11.19 and PyMySQL 1.1. Each case
runs in a database of its own. Recording again gives the same file.
"""

import json
import pathlib
import sys

import pymysql

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)
KEYS = ["id", "setup", "sql", "makes", "check", "columns", "rows", "ordered", "error", "origin", "note"]
KINDS = {0: "decimal", 246: "decimal", 1: "int", 2: "int", 3: "int", 8: "int", 9: "int", 4: "float",
         5: "float", 12: "timestamp", 10: "date"}


def value(kind, raw):
    return repr(float(raw)) if kind == "float" and raw is not None else raw


def record(cursor, case, version):
    case.update(columns=[], rows=[], error=None, origin=f"MariaDB {version}")
    for statement in ("DROP DATABASE IF EXISTS one", "CREATE DATABASE one", "USE one", *case["setup"]):
        cursor.execute(statement)
    try:
        cursor.execute(case["sql"])
    except pymysql.Error as failure:
        case["error"] = str(failure.args[1]).lower()
        return
    for table in case.get("makes", []):
        cursor.execute(f"SHOW COLUMNS FROM {table['name']}")
        table["columns"] = [{"name": row[0], "type": row[1]} for row in cursor.fetchall()]
    cursor.execute(case["check"])
    kinds = [KINDS.get(field.type_code, "text") for field in cursor._result.fields]
    case["columns"] = [{"name": f.name, "type": k} for f, k in zip(cursor._result.fields, kinds)]
    case["rows"] = [[value(k, v) for k, v in zip(kinds, row)] for row in cursor.fetchall()]


def main():
    db = pymysql.connect(unix_socket=sys.argv[1], user="root", charset="utf8mb4", conv={}, autocommit=True)
    cursor = db.cursor()
    cursor.execute("SELECT VERSION()")
    version = cursor.fetchone()[0].split("-")[0]
    cursor.execute(f"SET SESSION sql_mode = '{SQL_MODE}'")
    path = HERE / "recorded.jsonl"
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    for case in cases:
        record(cursor, case, version)
    lines = [json.dumps({k: c[k] for k in KEYS if k in c}, ensure_ascii=False) for c in cases]
    path.write_text("\n".join(lines) + "\n")


main()
