"""Records the expected values of the ClickHouse cases on ClickHouse itself (chdb, the embedded engine).

    python3 -m venv venv && venv/bin/pip install chdb==4.4.0
    venv/bin/python corpora/dialects/clickhouse/record.py [cases/strings.jsonl ...]

Reads `sql` of each line of `cases/*.jsonl`, runs it in a session in UTC with the engine's default
settings, and writes columns, rows, error, ordered and origin back in place. Recording again gives the
same files. Version used: see `origin`.
"""

import decimal
import json
import math
import os
import pathlib
import re
import sys

os.environ["TZ"] = "UTC"

from chdb import session as chdb_session  # noqa: E402 (the time zone has to be set before)

decimal.getcontext().prec = 80
HERE = pathlib.Path(__file__).resolve().parent
KEYS = ["id", "sql", "columns", "rows", "ordered", "error", "origin", "note", "settings", "comparable"]
FORMAT = "JSONCompactEachRowWithNamesAndTypes"
SETTINGS = [
    "session_timezone = 'UTC'",
    "output_format_json_quote_64bit_integers = 1",
    "output_format_json_quote_decimals = 1",
    "output_format_json_quote_denormals = 1",
    "output_format_json_escape_forward_slashes = 0",
]


def literal(value, type_name):
    """A value of tables.json as ClickHouse SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        element = type_name[len("Array("):-1]
        return "[" + ", ".join(literal(item, element) for item in value) + "]"
    text = value.replace("\\", "\\\\").replace("'", "\\'")
    if re.search(r"String|Date", type_name):
        return f"'{text}'"
    return f"CAST('{text}' AS {type_name})"


def create_tables(session):
    """Makes and fills each table of tables.json."""
    for table in json.loads((HERE / "tables.json").read_text("utf-8")):
        columns = table["columns"]
        spec = ", ".join(f"{c['name']} {c['type']}" for c in columns)
        session.query(f"CREATE TABLE {table['name']} ({spec}) ENGINE = MergeTree ORDER BY tuple()")
        rows = ", ".join(
            "(" + ", ".join(literal(v, c["type"]) for v, c in zip(row, columns)) + ")" for row in table["rows"]
        )
        session.query(f"INSERT INTO {table['name']} VALUES {rows}")


def inner(type_name):
    """The type without the wrappers that do not change its values."""
    while True:
        found = re.fullmatch(r"(?:Nullable|LowCardinality)\((.*)\)", type_name)
        if not found:
            return type_name
        type_name = found.group(1)


def kind(type_name):
    """The neutral name of a ClickHouse type."""
    name = inner(type_name)
    patterns = [
        (r"Bool", "bool"),
        (r"U?Int\d+", "int"),
        (r"Decimal\(.*\)", "decimal"),
        (r"Float\d+|BFloat16", "float"),
        (r"String|FixedString\(.*\)|UUID|Enum\d+\(.*\)|Nothing", "text"),
        (r"Date(?:32)?", "date"),
        (r"DateTime|DateTime\('UTC'\)|DateTime64\(\d+\)|DateTime64\(\d+, 'UTC'\)", "timestamp"),
        (r"DateTime\('.*'\)|DateTime64\(\d+, '.*'\)", "timestamptz"),
        (r"Array\(.*\)", "array"),
    ]
    for pattern, neutral_name in patterns:
        if re.fullmatch(pattern, name):
            return neutral_name
    raise ValueError(f"the case format has no type for {type_name}")


def neutral(value, type_name):
    """A value of the JSON output as the case format writes it."""
    name, what = inner(type_name), kind(type_name)
    if value is None or what == "bool":
        return value
    if what == "array":
        element = name[len("Array("):-1]
        return [neutral(item, element) for item in value]
    if what == "float":
        number = float(value)
        if math.isnan(number):
            return "NaN"
        if math.isinf(number):
            return "Infinity" if number > 0 else "-Infinity"
        return repr(number)
    if what == "decimal":
        scale = int(re.fullmatch(r"Decimal\(\d+, (\d+)\)", name).group(1))
        return format(decimal.Decimal(value).quantize(decimal.Decimal(1).scaleb(-scale)), "f")
    if what == "timestamp" and "." in value:
        return value.rstrip("0").rstrip(".")
    return str(value)


def run(session, sql):
    """Columns and rows of one statement."""
    data = session.query(sql, FORMAT).bytes().decode("utf-8")
    lines = [json.loads(line, parse_float=str, parse_int=str) for line in data.splitlines() if line.strip()]
    names, types = lines[0], lines[1]
    if any(re.match(r"DateTime.*'(?!UTC)", inner(t)) for t in types):
        raise ValueError("cases do not return times with a zone: cast them to text")
    columns = [{"name": n, "type": kind(t)} for n, t in zip(names, types)]
    rows = [[neutral(v, t) for v, t in zip(row, types)] for row in lines[2:]]
    return columns, rows


def record(session, path):
    """Runs all cases of one file and rewrites it."""
    version = session.query("SELECT version()", "TSV").bytes().decode().strip()
    out = []
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        if not case.get("comparable", True):  # one answer of many
            out.append(line)
            continue
        try:
            case["columns"], case["rows"] = run(session, case["sql"])
            case["error"] = None
            case["ordered"] = bool(case.get("ordered")) or len(case["rows"]) <= 1
            if not case["ordered"]:
                case["rows"].sort(key=lambda row: json.dumps(row, ensure_ascii=False))
        except ValueError as error:
            if "origin" in case:
                raise SystemExit(f"{case['id']}: {error}") from error
            # A generated query that is no case.
            case["columns"], case["rows"], case["ordered"], case["error"] = [], [], True, str(error)
        except Exception as error:  # the engine's errors are results here
            session.query("SELECT 1", FORMAT)  # takes the rest of the output that the failed query left behind
            found = re.findall(r"\(([A-Z][A-Z_]+)\)", str(error))
            case["columns"], case["rows"], case["ordered"] = [], [], True
            case["error"] = found[-1] if found else str(error).strip().splitlines()[0][:120]
        case["origin"] = f"clickhouse {version} (chdb)"
        out.append(json.dumps({key: case[key] for key in KEYS if key in case}, ensure_ascii=False))
    path.write_text("\n".join(out) + "\n", "utf-8")


def main():
    """Records the files named, or all."""
    session = chdb_session.Session()
    for setting in SETTINGS:
        session.query(f"SET {setting}")
    create_tables(session)
    paths = [pathlib.Path(name) for name in sys.argv[1:]] or sorted((HERE / "cases").glob("*.jsonl"))
    for path in paths:
        record(session, path)


if __name__ == "__main__":
    main()
