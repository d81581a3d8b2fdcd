"""Records what the statements of `recorded.jsonl` leave on ClickHouse itself (chdb), in place.

    venv/bin/python corpora/dialects/clickhouse/statements/record.py

The venv is that of `../record.py`. Each case runs in a database of its own. Recording again gives the
same file.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent))

import record as cases  # noqa: E402

KEYS = ["id", "setup", "sql", "makes", "check", "columns", "rows", "ordered", "error", "origin", "note"]


def run(session, case):
    version = session.query("SELECT version()", "TSV").bytes().decode().strip()
    case.update(columns=[], rows=[], error=None, origin=f"clickhouse {version} (chdb)")
    for statement in ("DROP DATABASE IF EXISTS one", "CREATE DATABASE one", "USE one", *case["setup"]):
        session.query(statement)
    try:
        session.query(case["sql"])
    except Exception as error:  # the engine's errors are results here
        session.query("SELECT 1", cases.FORMAT)
        case["error"] = re.findall(r"\(([A-Z][A-Z_]+)\)", str(error))[-1]
        return
    for table in case.get("makes", []):
        found = session.query(
            f"SELECT name, type FROM system.columns WHERE database = 'one' AND table = '{table['name']}' "
            "ORDER BY position",
            "TSV",
        ).bytes().decode()
        rows = [line.split("\t") for line in found.splitlines()]
        table["columns"] = [{"name": name, "type": kind} for name, kind in rows]
    case["columns"], case["rows"] = cases.run(session, case["check"])


def main():
    session = cases.chdb_session.Session()
    for setting in cases.SETTINGS:
        session.query(f"SET {setting}")
    path = HERE / "recorded.jsonl"
    all_cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for case in all_cases:
        run(session, case)
    lines = [json.dumps({k: c[k] for k in KEYS if k in c}, ensure_ascii=False) for c in all_cases]
    path.write_text("\n".join(lines) + "\n", "utf-8")


main()
