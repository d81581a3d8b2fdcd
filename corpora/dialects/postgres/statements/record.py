#!/usr/bin/env python3
"""Records what the statements of `*.jsonl` leave on PostgreSQL, in place.

    GNOMON_POSTGRES_URL='host=... user=...' python3 statements/record.py

Needs: pip install 'psycopg[binary]'. Recorded with PostgreSQL 15, encoding UTF8, locale C. Each case
runs in a transaction that is rolled back. Recording again gives the same files.
"""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import psycopg  # noqa: E402
from psycopg.types.string import TextLoader  # noqa: E402
from record import TYPES, element_types, value  # noqa: E402

KEYS = ["id", "setup", "sql", "makes", "check", "columns", "rows", "ordered", "error", "origin"]


def made(connection, name):
    """The columns of a table or view as the catalog has them."""
    rows = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
        (name,),
    ).fetchall()
    return {"name": name, "columns": [{"name": n, "type": t} for n, t in rows]}


def answer(cursor, arrays):
    kinds = [c.type_code for c in cursor.description]
    rows = [[value(v, k, arrays) for v, k in zip(row, kinds)] for row in cursor.fetchall()]
    columns = [
        {"name": c.name, "type": "array" if k in arrays else TYPES[k]}
        for c, k in zip(cursor.description, kinds)
    ]
    return columns, rows


def record(connection, arrays, case):
    case.update(columns=[], rows=[], error=None, origin="PostgreSQL 15")
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("CREATE SCHEMA one")
            connection.execute("SET LOCAL search_path TO one")
            for statement in case["setup"]:
                connection.execute(statement)
            try:
                cursor = connection.execute(case["sql"])
            except psycopg.Error as error:
                case["error"] = str(error).split("\n")[0]
                raise
            if "makes" in case:
                case["makes"] = [made(connection, one["name"]) for one in case["makes"]]
            if "check" in case:
                cursor = connection.execute(case["check"])
            case["columns"], case["rows"] = answer(cursor, arrays)
    except psycopg.Error as error:
        if case["error"] is None:
            raise SystemExit(f"{case['id']}: {error}")


def main():
    with psycopg.connect(os.environ.get("GNOMON_POSTGRES_URL", "")) as connection:
        for oid in TYPES:
            connection.adapters.register_loader(oid, TextLoader)
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()
        arrays = element_types(connection)
        connection.commit()
        for oid in arrays:
            connection.adapters.register_loader(oid, TextLoader)
        for path in sorted(HERE.glob("*.jsonl")):
            cases = [json.loads(line) for line in path.read_text().splitlines() if line]
            for case in cases:
                record(connection, arrays, case)
            lines = [
                json.dumps({k: case[k] for k in KEYS + ["note"] if k in case}, ensure_ascii=False)
                for case in cases
            ]
            path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
