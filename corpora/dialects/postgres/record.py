#!/usr/bin/env python3
"""Records what PostgreSQL answers to the statements of `cases/*.jsonl`, in place.

    GNOMON_POSTGRES_URL='host=... user=...' python3 record.py [topic ...]
    GNOMON_POSTGRES_URL='host=... user=...' python3 record.py FILE.jsonl ...

Needs: pip install 'psycopg[binary]'. Recorded with PostgreSQL 15, encoding UTF8, locale C.UTF-8.
The tables of `tables.json` are made in a schema of the session's own, which is dropped at the end.
Recording again gives the same files.
"""

import json
import os
import pathlib
import sys

import psycopg
from psycopg.types.string import TextLoader

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = "gnomon_dialect_cases"
TYPES = {
    16: "bool", 20: "int", 21: "int", 23: "int", 1700: "decimal", 700: "float", 701: "float",
    17: "bytes", 1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamptz",
    1186: "interval", 114: "json", 3802: "json", 25: "text", 1043: "text", 1042: "text", 19: "text",
    2950: "text",
}
KEYS = ["id", "sql", "columns", "rows", "ordered", "error", "origin"]


def element_types(connection):
    found = connection.execute("SELECT oid, typelem FROM pg_type WHERE typcategory = 'A'")
    return {int(oid): int(element) for oid, element in found.fetchall()}


def elements(text):
    """The elements of PostgreSQL's text of a one-dimensional array."""
    inside, values, word, quoted, was_quoted, i = text[1:-1], [], "", False, False, 0
    while i < len(inside):
        c = inside[i]
        if quoted:
            if c == "\\":
                i += 1
                word += inside[i]
            elif c == '"':
                quoted = False
            else:
                word += c
        elif c == '"':
            quoted = was_quoted = True
        elif c == ",":
            values.append((word, was_quoted))
            word, was_quoted = "", False
        else:
            word += c
        i += 1
    if inside:
        values.append((word, was_quoted))
    return [None if word == "NULL" and not q else word for word, q in values]


def value(text, oid, arrays):
    if text is None:
        return None
    if oid == 16:
        return text == "t"
    if oid in arrays:
        return [value(word, arrays[oid], arrays) for word in elements(text)]
    return text


def record(connection, arrays, case):
    try:
        with connection.transaction(force_rollback=True):
            cursor = connection.execute(case["sql"])
            kinds = [c.type_code for c in cursor.description]
            rows = [[value(v, k, arrays) for v, k in zip(row, kinds)] for row in cursor.fetchall()]
            columns = [
                {"name": c.name, "type": "array" if k in arrays else TYPES[k]}
                for c, k in zip(cursor.description, kinds)
            ]
            error = None
    except psycopg.Error as failure:
        columns, rows = [], []
        error = f"{failure.sqlstate}: {failure.diag.message_primary}"
    version = connection.info.server_version // 10000
    done = dict(case, columns=columns, rows=rows, error=error, origin=f"PostgreSQL {version}")
    if len(rows) < 2:
        done["ordered"] = True
    keys = KEYS + [k for k in done if k not in KEYS]
    return {key: done[key] for key in keys}


def load(connection):
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    connection.execute(f"SET search_path TO {SCHEMA}, pg_catalog")
    connection.execute("SET TimeZone TO 'UTC'")
    for table in json.loads((HERE / "tables.json").read_text()):
        columns = ", ".join(f'"{c["name"]}" {c["type"]}' for c in table["columns"])
        connection.execute(f'CREATE TABLE {table["name"]} ({columns})')
        marks = ", ".join("%s" for _ in table["columns"])
        for row in table["rows"]:
            connection.execute(f'INSERT INTO {table["name"]} VALUES ({marks})', row)


def main():
    with psycopg.connect(os.environ["GNOMON_POSTGRES_URL"], autocommit=True) as connection:
        arrays = element_types(connection)
        load(connection)
        try:
            for oid in [*TYPES, *arrays]:
                connection.adapters.register_loader(oid, TextLoader)
            files = [pathlib.Path(name) for name in sys.argv[1:] if name.endswith(".jsonl")]
            for path in files or sorted((HERE / "cases").glob("*.jsonl")):
                if sys.argv[1:] and not files and path.stem not in sys.argv[1:]:
                    continue
                cases = [json.loads(line) for line in path.read_text().splitlines()]
                cases = [
                    # What is not comparable shows one answer of many.
                    record(connection, arrays, case) if case.get("comparable", True) else case
                    for case in cases
                ]
                lines = [json.dumps(case, ensure_ascii=False) for case in cases]
                path.write_text("\n".join(lines) + "\n")
        finally:
            connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


if __name__ == "__main__":
    main()
