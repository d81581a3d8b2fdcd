"""Records what Apache Spark answers to the Spark forms of TPC-DS and TPC-H.

    python3 -m venv venv && venv/bin/pip install pyspark==4.0.1 "psycopg[binary]"    # needs Java 17
    venv/bin/python corpora/tpcds/answers/record.py tpcds "dbname=…"
    venv/bin/python corpora/tpcds/answers/record.py tpch "dbname=…"

The second argument leads to a PostgreSQL that holds the corpus's tables at scale factor 0.01, from
which the rows are read. Writes `corpora/<corpus>/answers/spark.jsonl`, one line a statement, in the
format of the recorded cases of `corpora/dialects`. Every statement is run twice, with other joins and
another number of partitions the second time; rows that a tie at the LIMIT leaves open are noted.
Recording again gives the same file.
"""

import json
import os
import pathlib
import sys
import tempfile
import time
import tomllib

os.environ["TZ"] = "UTC"
time.tzset()

import psycopg  # noqa: E402 (the time zone has to be set before)
import pyspark  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import types as t  # noqa: E402

CORPORA = pathlib.Path(__file__).resolve().parent.parent.parent
TIE = "a tie at the LIMIT leaves rows open"


def spark_type(name):
    """The Spark type of a column of schema.toml."""
    if name.startswith("numeric("):
        precision, scale = name.removeprefix("numeric(").rstrip(")").split(",")
        return t.DecimalType(int(precision), int(scale))
    known = {"int4": t.IntegerType(), "int8": t.LongType(), "date": t.DateType()}
    return known.get(name, t.StringType())


def create_tables(spark, corpus, database, folder):
    """Makes each table of the corpus a temporary view over a copy of its rows."""
    schema = tomllib.loads((CORPORA / corpus / "schema.toml").read_text("utf-8"))
    for table in schema["table"]:
        name = table["name"]
        file = folder / f"{name}.copy"
        with file.open("wb") as out, database.cursor().copy(f"COPY {name} TO STDOUT") as copy:
            for data in copy:
                out.write(data)
        fields = [t.StructField(c["name"], spark_type(c["type"])) for c in table["columns"]]
        frame = spark.read.csv(
            str(file), schema=t.StructType(fields), sep="\t", nullValue="\\N", quote="", escape="",
            ignoreLeadingWhiteSpace=False, ignoreTrailingWhiteSpace=False,
        )
        frame.createOrReplaceTempView(name)


def kind(data_type):
    """The neutral name of a Spark type."""
    names = [
        (t.BooleanType, "bool"),
        ((t.ByteType, t.ShortType, t.IntegerType, t.LongType), "int"),
        (t.DecimalType, "decimal"),
        ((t.FloatType, t.DoubleType), "float"),
        ((t.StringType, t.CharType, t.VarcharType), "text"),
        (t.DateType, "date"),
    ]
    return next(name for types, name in names if isinstance(data_type, types))


def value(cell, name):
    """A cell in the canonical form."""
    if cell is None or name == "bool":
        return cell
    return format(cell, "f") if name == "decimal" else repr(cell) if name == "float" else str(cell)


def run(spark, sql, partitions, broadcast):
    """Columns and rows of a statement."""
    spark.conf.set("spark.sql.shuffle.partitions", partitions)
    spark.conf.set("spark.sql.autoBroadcastJoinThreshold", broadcast)
    frame = spark.sql(sql)
    columns = [{"name": f.name, "type": kind(f.dataType)} for f in frame.schema.fields]
    rows = [[value(v, c["type"]) for v, c in zip(row, columns)] for row in frame.collect()]
    return columns, rows


def key(row):
    """Sorts rows so that the last digits of floats do not matter."""
    return [(cell is not None, "" if cell is None else str(cell)[:12]) for cell in row]


def same(one, other, columns):
    """Are the rows equal but for the last digits of floats?"""
    if len(one) != len(other):
        return False
    for left, right in zip(sorted(one, key=key), sorted(other, key=key)):
        for a, b, column in zip(left, right, columns):
            if column["type"] == "float" and a is not None and b is not None:
                if abs(float(a) - float(b)) > 1e-9 * max(1.0, abs(float(a))):
                    return False
            elif a != b:
                return False
    return True


def main(corpus, target):
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "3g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    lines = []
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(target) as database:
        create_tables(spark, corpus, database, pathlib.Path(folder))
        for file in sorted((CORPORA / corpus / "dialects" / "spark").glob("*.sql")):
            sql = file.read_text("utf-8").split("\n", 2)[2].strip()
            # Query 11 of TPC-H divides its fraction by the scale factor.
            sql = sql.replace("0.0001000000", "0.0100000000")
            columns, rows = run(spark, sql, 1, 10 << 20)
            _, again = run(spark, sql, 7, -1)
            case = {
                "id": f"{corpus}-{file.stem}",
                "sql": sql,
                "columns": columns,
                # In one order, whatever the tie: the statement does not fix it for all of them.
                "rows": sorted(rows, key=key),
                "ordered": len(rows) < 2,
                "error": None,
                "origin": f"pyspark {pyspark.__version__}",
            }
            if not same(rows, again, columns):
                case["note"] = TIE
            lines.append(json.dumps(case, ensure_ascii=False))
            print(case["id"], len(rows), case.get("note", ""), flush=True)
    path = CORPORA / corpus / "answers" / "spark.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
