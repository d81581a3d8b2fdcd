"""Records the expected values of the Spark cases on Apache Spark itself.

    python3 -m venv venv && venv/bin/pip install pyspark==4.0.1     # needs Java 17
    venv/bin/python corpora/dialects/spark/record.py [cases/strings.jsonl ...]

Reads `sql` (and `settings`) of each line of `cases/*.jsonl`, runs it in a session in UTC with Spark 4's
defaults (ANSI mode on, unless the case says `"settings": {"ansi": "off"}`), and writes columns, rows,
error, ordered and origin back in place. Recording again gives the same files. Cases whose origin is a
page of the Databricks documentation are left as they are: Apache Spark does not have what they show.
"""

import datetime
import decimal
import json
import logging
import math
import os
import pathlib
import sys
import time

os.environ["TZ"] = "UTC"
time.tzset()

import pyspark  # noqa: E402 (the time zone has to be set before)
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import types as t  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
KEYS = ["id", "sql", "columns", "rows", "ordered", "error", "origin", "note", "settings", "comparable"]


def literal(value, type_name):
    """A value of tables.json as Spark SQL."""
    if value is None:
        return f"CAST(NULL AS {type_name})"
    if isinstance(value, list):
        element = type_name[len("ARRAY<"):-1]
        items = ", ".join(literal(item, element) for item in value)
        return f"CAST(array({items}) AS {type_name})"
    text = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"CAST('{text}' AS {type_name})"


def create_tables(spark):
    """Makes each table of tables.json a temporary view."""
    for table in json.loads((HERE / "tables.json").read_text("utf-8")):
        columns = table["columns"]
        rows = [
            "SELECT " + ", ".join(f"{literal(v, c['type'])} AS {c['name']}" for v, c in zip(row, columns))
            for row in table["rows"]
        ]
        frame = spark.sql(" UNION ALL ".join(rows)).coalesce(1).cache()
        frame.count()
        frame.createOrReplaceTempView(table["name"])


def kind(data_type):
    """The neutral name of a Spark type."""
    names = [
        (t.BooleanType, "bool"),
        ((t.ByteType, t.ShortType, t.IntegerType, t.LongType), "int"),
        (t.DecimalType, "decimal"),
        ((t.FloatType, t.DoubleType), "float"),
        (t.StringType, "text"),
        (t.NullType, "text"),
        (t.BinaryType, "bytes"),
        (t.DateType, "date"),
        (t.TimestampNTZType, "timestamp"),
        (t.TimestampType, "timestamptz"),
        ((t.DayTimeIntervalType, t.YearMonthIntervalType), "interval"),
        (t.ArrayType, "array"),
    ]
    for cls, name in names:
        if isinstance(data_type, cls):
            return name
    raise ValueError(f"the case format has no type for {data_type}")


def moment(value):
    """A date and time with a fraction that has no trailing zeros."""
    text = value.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")
    fraction = f"{value.microsecond:06}".rstrip("0")
    return f"{text}.{fraction}" if fraction else text


def neutral(value, data_type):
    """A collected value as the case format writes it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(data_type, t.ArrayType):
        return [neutral(item, data_type.elementType) for item in value]
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return repr(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (bytes, bytearray)):
        return "\\x" + bytes(value).hex()
    if isinstance(value, datetime.datetime):
        return moment(value) + ("+00" if isinstance(data_type, t.TimestampType) else "")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def run(spark, sql):
    """Columns and rows of one statement."""
    frame = spark.sql(sql)
    schema = frame.schema
    columns = [{"name": field.name, "type": kind(field.dataType)} for field in schema]
    if any(c["type"] == "interval" for c in columns):
        raise ValueError("cases do not return intervals: cast them to text")
    rows = [[neutral(v, f.dataType) for v, f in zip(row, schema)] for row in frame.collect()]
    return columns, rows


def error_class(error):
    """The stable name of an error, such as DIVIDE_BY_ZERO."""
    found = getattr(error, "getCondition", lambda: None)()
    if found:
        return found
    text = str(error).strip().splitlines()[0]
    return text[:120]


def record(spark, path, version):
    """Runs all cases of one file and rewrites it."""
    out = []
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        # Databricks only: from its documentation. What is not comparable shows one answer of many.
        if case.get("origin", "").startswith("https://") or not case.get("comparable", True):
            out.append(line)
            continue
        ansi = case.get("settings", {}).get("ansi", "on") == "on"
        spark.conf.set("spark.sql.ansi.enabled", "true" if ansi else "false")
        try:
            case["columns"], case["rows"] = run(spark, case["sql"])
            case["error"] = None
            case["ordered"] = bool(case.get("ordered")) or len(case["rows"]) <= 1
            if not case["ordered"]:
                case["rows"].sort(key=lambda row: json.dumps(row, ensure_ascii=False))
        except ValueError as error:
            if "origin" in case:
                raise SystemExit(f"{case['id']}: {error}") from error
            # A generated query that is no case.
            case["columns"], case["rows"], case["ordered"], case["error"] = [], [], True, str(error)
        except Exception as error:  # Spark raises many kinds
            case["columns"], case["rows"], case["ordered"] = [], [], True
            case["error"] = error_class(error)
        case["origin"] = f"pyspark {version}"
        ordered_case = {key: case[key] for key in KEYS if key in case}
        out.append(json.dumps(ordered_case, ensure_ascii=False))
    path.write_text("\n".join(out) + "\n", "utf-8")


def main():
    """Records the files named, or all."""
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )
    logging.disable(logging.CRITICAL)  # errors are results here
    create_tables(spark)
    paths = [pathlib.Path(name) for name in sys.argv[1:]] or sorted((HERE / "cases").glob("*.jsonl"))
    for path in paths:
        record(spark, path, pyspark.__version__)
    spark.stop()


if __name__ == "__main__":
    main()
