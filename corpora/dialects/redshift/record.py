#!/usr/bin/env python3
"""Record again the Redshift cases whose values come from PostgreSQL.

Redshift itself cannot be installed. Where its documentation describes what PostgreSQL does, the
case's origin begins with "postgresql 15", and this script takes the values from a real server. All
other cases are quoted from the vendor's pages and are left alone.

Run: python3 record.py "host=… dbname=…"    (needs psycopg 3; recorded with PostgreSQL 15)

The tables are created as temporary tables in one session with time zone UTC, so nothing is left.
Recording again gives the same files.
"""

import json
import pathlib
import sys

import psycopg

HERE = pathlib.Path(__file__).parent

# PostgreSQL's type oids, as the case format names them.
TYPES = {
    16: "bool", 17: "bytes", 20: "int", 21: "int", 23: "int", 25: "text", 18: "text", 19: "text",
    700: "float", 701: "float", 705: "text", 1042: "text", 1043: "text", 1082: "date",
    1083: "time", 1114: "timestamp", 1184: "timestamptz", 1186: "interval", 1700: "decimal",
    114: "json", 3802: "json",
}


def value(kind, text):
    """One value of the wire's text form in the spelling of the case format."""
    if text is None:
        return None
    if kind == "bool":
        return text == "t"
    if kind == "float":
        number = float(text)
        return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(number, "NaN" if number != number else text)
    return text


def run(connection, sql):
    """Columns and rows of a statement, or the text of its error."""
    result = connection.pgconn.exec_(sql.encode())
    if result.status not in (psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK):
        message = result.error_field(psycopg.pq.DiagnosticField.MESSAGE_PRIMARY)
        return [], [], (message or b"error").decode()
    columns = [
        {"name": result.fname(c).decode(), "type": TYPES[result.ftype(c)]}
        for c in range(result.nfields)
    ]
    rows = []
    for r in range(result.ntuples):
        raw = [result.get_value(r, c) for c in range(result.nfields)]
        rows.append(
            [value(col["type"], v if v is None else v.decode()) for col, v in zip(columns, raw)]
        )
    return columns, rows, None


def create(connection, table):
    """One temporary table with its rows."""
    # SUPER is jsonb there.
    columns = ", ".join(
        f"{c['name']} {c['type'].replace('SUPER', 'jsonb')}" for c in table["columns"]
    )
    connection.execute(f"CREATE TEMPORARY TABLE {table['name']} ({columns})")
    for row in table["rows"]:
        places = ", ".join(["%s"] * len(row))
        connection.execute(f"INSERT INTO {table['name']} VALUES ({places})", row)


def main():
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        for table in json.loads((HERE / "tables.json").read_text()):
            create(connection, table)
        for path in sorted((HERE / "cases").glob("*.jsonl")):
            cases = [json.loads(line) for line in path.read_text().splitlines()]
            for case in cases:
                if case["origin"].startswith("postgresql 15") and case.get("comparable", True):
                    case["columns"], case["rows"], case["error"] = run(connection, case["sql"])
            path.write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cases))


if __name__ == "__main__":
    main()
