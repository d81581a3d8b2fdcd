#!/usr/bin/env python3
"""Runs every statement of the `traps` corpus, unchanged, on real engines and checks its header.

    GNOMON_POSTGRES_URL='host=... user=...' python3 record.py            check the headers
    GNOMON_POSTGRES_URL=...                 python3 record.py --print    show what each engine gives
    GNOMON_POSTGRES_URL=...                 python3 record.py --write    correct verdicts in headers
    ... record.py --print path/to/other.sql ...                          try other statements

Needs: pip install 'duckdb==1.5.5' 'psycopg[binary]' pyarrow, and for the second target
'datafusion>=54.1,<55'. The PostgreSQL (15 or later, encoding UTF8, locale C.UTF-8) gets a schema
`gnomon_traps`, which is dropped at the end. Exit code 1 where a header does not hold.
"""

import datetime
import decimal
import os
import pathlib
import re
import sys
import tomllib

import duckdb
import psycopg
import pyarrow as pa

try:
    import datafusion
except ImportError:
    datafusion = None

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = "gnomon_traps"
TIME_ZONE = "UTC"
FLOAT_RELATIVE = 1e-12
HEADER = re.compile(r"^-- ([a-z]+(?: [a-z]+)*): (.*)$")


# ---------------------------------------------------------------- values

def interval(text):
    """Months, days and microseconds of an interval in PostgreSQL's `postgres` style."""
    months = days = micros = 0
    for number, unit in re.findall(r"([+-]?\d+) (year|mon|day)s?", text):
        number = int(number)
        if unit == "day":
            days += number
        else:
            months += number * (12 if unit == "year" else 1)
    clock = re.search(r"([+-]?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?", text)
    if clock:
        sign, hours, minutes, seconds, fraction = clock.groups()
        total = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1_000_000
        total += int((fraction or "0").ljust(6, "0"))
        micros = -total if sign == "-" else total
    return ("interval", months, days, micros)


def canonical(value):
    """One spelling for equal values of different drivers. Types that differ stay different."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return decimal.Decimal(value)
    if isinstance(value, (float, decimal.Decimal)):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ("bytes", bytes(value).hex())
    if isinstance(value, pa.MonthDayNano):
        return ("interval", value.months, value.days, value.nanoseconds // 1000)
    if isinstance(value, datetime.timedelta):
        return ("duration", value // datetime.timedelta(microseconds=1))
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            return ("timestamptz", value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat())
        return ("timestamp", value.isoformat())
    if isinstance(value, datetime.date):
        return ("date", value.isoformat())
    if isinstance(value, datetime.time):
        return ("time", value.isoformat())
    if isinstance(value, dict):
        return tuple((key, canonical(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)) and not (value and value[0] in TAGS):
        return [canonical(item) for item in value]
    return value


TAGS = ("interval", "duration", "bytes", "timestamptz", "timestamp", "date", "time", "uuid")


def close(left, right):
    """`exact`, `tolerated` or None for two canonical values."""
    numbers = (float, decimal.Decimal)
    if isinstance(left, numbers) and isinstance(right, numbers):
        if left != left or right != right:
            return "exact" if (left != left) == (right != right) else None
        exact = isinstance(left, decimal.Decimal) and isinstance(right, decimal.Decimal)
        if left == right:
            # -0 and 0 are equal as numbers, but they print differently.
            return "exact" if str(left)[0] == str(right)[0] or exact else "tolerated"
        if exact:
            return None
        try:
            apart = abs(float(left) - float(right))
            size = max(abs(float(left)), abs(float(right)))
        except (OverflowError, ValueError):
            return None
        return "tolerated" if apart <= FLOAT_RELATIVE * size else None
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return None
        found = [close(a, b) for a, b in zip(left, right)]
        return None if None in found else "tolerated" if "tolerated" in found else "exact"
    if isinstance(left, tuple) and left and left[0] == "uuid" and right == ("bytes", left[1].replace("-", "")):
        return "exact"
    if is_instant(left) and is_instant(right):
        # A date is its midnight; a time zone is a drift of type, not of value.
        return "exact" if midnight(left) == midnight(right) else None
    return "exact" if type(left) is type(right) and left == right else None


def is_instant(value):
    return isinstance(value, tuple) and value and value[0] in ("date", "timestamp", "timestamptz")


def midnight(value):
    return value[1] + "T00:00:00" if value[0] == "date" else value[1]


class Failed(Exception):
    pass


# ---------------------------------------------------------------- engines

class Postgres:
    def __init__(self, url):
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        self.connection.execute(f"CREATE SCHEMA {SCHEMA}")
        self.connection.execute(f"SET search_path = {SCHEMA}")
        self.connection.execute(f"SET TimeZone = '{TIME_ZONE}'")
        self.connection.execute("SET statement_timeout = '10s'")
        for name, make in {
            "interval": interval,
            "json": str,
            "jsonb": str,
            "timestamp": lambda text: stamp("timestamp", text),
            "timestamptz": lambda text: stamp("timestamptz", text),
            "date": lambda text: text if "infinity" in text else ("date", text),
            "time": lambda text: ("time", datetime.time.fromisoformat(text).isoformat()),
            "uuid": lambda text: ("uuid", text),
        }.items():
            self.connection.adapters.register_loader(name, loader(make))

    def load(self, table):
        columns = ", ".join(
            f'"{c["name"]}" {c["type"]}' + ("" if c.get("nullable", True) else " NOT NULL")
            for c in table["columns"]
        )
        self.connection.execute(f'CREATE TABLE "{table["name"]}" ({columns})')
        with self.connection.cursor().copy(f'COPY "{table["name"]}" FROM STDIN') as copy:
            copy.write((HERE / "data" / f"{table['name']}.copy").read_bytes())

    def arrow(self, table):
        """The rows as the Arrow table that the other engines are loaded with."""
        fields, columns = [], []
        for column in table["columns"]:
            make, convert, expression = arrow_type(column["type"])
            name = f'"{column["name"]}"'
            rows = self.connection.execute(
                f'SELECT {expression.format(name)} FROM "{table["name"]}" ORDER BY id'
                if any(c["name"] == "id" for c in table["columns"])
                else f'SELECT {expression.format(name)} FROM "{table["name"]}"'
            ).fetchall()
            values = [None if row[0] is None else convert(row[0]) for row in rows]
            fields.append(pa.field(column["name"], make, column.get("nullable", True)))
            storage = make.storage_type if isinstance(make, pa.BaseExtensionType) else make
            array = pa.array(values, storage)
            columns.append(array if storage is make else make.wrap_array(array))
        return pa.Table.from_arrays(columns, schema=pa.schema(fields))

    def run(self, sql):
        try:
            cursor = self.connection.execute(sql.encode())
            return [[canonical(v) for v in row] for row in cursor.fetchall()]
        except (psycopg.Error, ValueError) as error:
            state = getattr(error, "sqlstate", None)
            raise Failed(f"{state}: {str(error).splitlines()[0]}") from None

    def close(self):
        self.connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def loader(make):
    class Loader(psycopg.adapt.Loader):
        def load(self, data):
            return make(bytes(data).decode())
    return Loader


def stamp(tag, text):
    if "infinity" in text:
        return text
    if tag == "timestamptz":
        text = re.sub(r"\+00$", "", text)
    try:
        return (tag, datetime.datetime.fromisoformat(text).isoformat())
    except ValueError:
        return (tag, text)


def arrow_type(name):
    """Arrow type, conversion of psycopg's value, and the expression to select."""
    if match := re.fullmatch(r"numeric\((\d+),(\d+)\)", name):
        return pa.decimal128(int(match[1]), int(match[2])), lambda v: v, "{}"
    if name == "text" or re.fullmatch(r"(var)?char\(\d+\)", name):
        return pa.string(), lambda v: v, "{}::text" if name == "text" else "{}"
    micro = datetime.timedelta(microseconds=1)
    return {
        "int4": (pa.int32(), int, "{}"),
        "int8": (pa.int64(), int, "{}"),
        "float8": (pa.float64(), float, "{}"),
        "bool": (pa.bool_(), bool, "{}"),
        "date": (pa.date32(), int, "{} - DATE '1970-01-01'"),
        "timestamp": (pa.timestamp("us"), int, "(extract(epoch FROM {}) * 1000000)::int8"),
        "timestamptz": (pa.timestamp("us", "UTC"), int, "(extract(epoch FROM {}) * 1000000)::int8"),
        "interval": (
            pa.month_day_nano_interval(),
            lambda v: pa.MonthDayNano([v[1], v[2], v[3] * 1000]),
            "{}",
        ),
        "json": (pa.json_(), lambda v: v, "{}::text"),
        "bytea": (pa.binary(), bytes, "{}"),
        "uuid": (pa.uuid(), lambda v: bytes.fromhex(v[1].replace("-", "")), "{}"),
        "int4[]": (pa.list_(pa.int32()), list, "{}"),
    }[name]


class DuckDb:
    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.execute("SET autoinstall_known_extensions = false")
        self.connection.execute("SET autoload_known_extensions = false")
        self.connection.execute("SET arrow_lossless_conversion = true")
        self.connection.execute(f"SET TimeZone = '{TIME_ZONE}'")

    def load(self, table, rows):
        self.connection.register("incoming", rows)
        self.connection.execute(f'CREATE TABLE "{table["name"]}" AS SELECT * FROM incoming')
        self.connection.unregister("incoming")

    def run(self, sql):
        try:
            return rows_of(self.connection.execute(sql).to_arrow_table())
        except (duckdb.Error, pa.ArrowException, RuntimeError) as error:
            raise Failed(" ".join(str(error).split("\n\nLINE")[0].split())) from None


class DataFusion:
    def __init__(self):
        config = datafusion.SessionConfig().set("datafusion.execution.time_zone", TIME_ZONE)
        self.context = datafusion.SessionContext(config)

    def load(self, table, rows):
        # DataFusion knows the storage of extension types, not their meaning.
        plain = [
            c.cast(c.type) if not isinstance(c.type, pa.BaseExtensionType)
            else pa.chunked_array([chunk.storage for chunk in c.chunks])
            for c in rows.columns
        ]
        rows = pa.table(plain, names=rows.column_names)
        self.context.register_record_batches(table["name"], [rows.to_batches()])

    def run(self, sql):
        try:
            frame = self.context.sql(sql)
            batches = frame.collect()
            # The plan may promise NOT NULL where the batches do not; their own schema holds.
            schema = batches[0].schema if batches else frame.schema()
            return rows_of(pa.Table.from_batches(batches, schema))
        except BaseException as error:  # pyo3 turns a panic of the engine into a BaseException
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Failed(" ".join(str(error).split())[:300]) from None


def rows_of(table):
    columns = []
    for column in table.columns:
        if isinstance(column.type, pa.BaseExtensionType):
            name = column.type.extension_name
            storage = [v for chunk in column.chunks for v in chunk.storage.to_pylist()]
            if name == "arrow.uuid":
                storage = [None if v is None else ("uuid", uuid_text(v)) for v in storage]
            elif name == "arrow.bool8":
                storage = [None if v is None else v != 0 for v in storage]
            elif name == "arrow.opaque" and storage and isinstance(storage[0], bytes):
                storage = [None if v is None else hugeint(v) for v in storage]
            columns.append(storage)
        else:
            columns.append(plain(column))
    return [[canonical(v) for v in row] for row in zip(*columns)]


def plain(column):
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        return column.to_pylist()
    except (OverflowError, ValueError):
        # Infinity, or a year that Python has no date for.
        signed = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
        ends = {2**31 - 1: "infinity", 1 - 2**31: "-infinity", 2**63 - 1: "infinity", 1 - 2**63: "-infinity"}
        return [ends.get(v, f"out of range: {v}") if v is not None else None
                for v in column.cast(signed).to_pylist()]


def hugeint(data):
    return int.from_bytes(data, "little", signed=True)


def uuid_text(data):
    text = bytes(data).hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


# ---------------------------------------------------------------- statements

def split(text):
    """Header as a dict, and the SQL below it."""
    header, lines = {}, text.splitlines()
    while lines and (match := HEADER.match(lines[0])):
        header[match[1]] = match[2]
        lines.pop(0)
    return header, "\n".join(lines).strip()


def outcome(engine, sql):
    try:
        return engine.run(sql)
    except Failed as failed:
        return failed


def verdict(legacy, governed, ordered=True):
    if isinstance(legacy, Failed):
        return "match" if isinstance(governed, Failed) else "mismatch-silent"
    if isinstance(governed, Failed):
        return "mismatch-loud"
    if len(legacy) != len(governed):
        return "mismatch-silent"
    found = close([list(r) for r in legacy], [list(r) for r in governed])
    return {"exact": "match", "tolerated": "tolerated", None: "mismatch-silent"}[found]


def show(result):
    if isinstance(result, Failed):
        return f"ERROR {result}"[:220]
    return " | ".join(",".join(spell(v) for v in row) for row in result) or "(no rows)"


def spell(value):
    if isinstance(value, tuple) and value and value[0] in TAGS:
        return value[0] + ":" + "/".join(str(v) for v in value[1:])
    if isinstance(value, list):
        return "[" + ",".join(spell(v) for v in value) + "]"
    if isinstance(value, float):
        return repr(value) + "f"
    if isinstance(value, str):
        return repr(value)
    return "NULL" if value is None else str(value)


def engines():
    url = os.environ.get("GNOMON_POSTGRES_URL")
    if not url:
        sys.exit("set GNOMON_POSTGRES_URL to a PostgreSQL that may be written to")
    legacy = Postgres(url)
    targets = {"duckdb": DuckDb()}
    if datafusion is not None:
        targets["datafusion"] = DataFusion()
    for table in tomllib.loads((HERE / "schema.toml").read_text())["table"]:
        legacy.load(table)
        rows = legacy.arrow(table)
        for target in targets.values():
            target.load(table, rows)
    return legacy, targets


def main():
    arguments = sys.argv[1:]
    printing, writing = "--print" in arguments, "--write" in arguments
    paths = [pathlib.Path(a) for a in arguments if not a.startswith("--")]
    paths = paths or sorted((HERE / "statements").glob("*.sql"))
    legacy, targets = engines()
    wrong = 0
    for path in paths:
        text = path.read_text()
        header, sql = split(text)
        expected = outcome(legacy, sql)
        if printing:
            print(f"{path.name}\n  postgres:   {show(expected)}")
        for name, target in targets.items():
            result = outcome(target, sql)
            found = verdict(expected, result)
            if printing:
                print(f"  {name + ':':<11} {show(result)}  [{found}]")
            stated = header.get(f"{name} unchanged")
            if stated != found:
                wrong += 1
                print(f"{path.name}: `{name} unchanged` says {stated}, found {found}")
                text = text.replace(f"-- {name} unchanged: {stated}\n", f"-- {name} unchanged: {found}\n")
        if writing:
            path.write_text(text)
    legacy.close()
    print(f"{len(paths)} statements, {wrong} headers wrong")
    sys.exit(1 if wrong and not writing else 0)


if __name__ == "__main__":
    main()
