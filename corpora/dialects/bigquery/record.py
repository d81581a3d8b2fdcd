#!/usr/bin/env python3
"""Records what GoogleSQL answers to the statements in `cases/`.

    python3 -m venv venv && venv/bin/pip install zetasql==0.1.5
    venv/bin/python record.py            # all cases
    venv/bin/python record.py bigquery-arrays-003 …
    venv/bin/python record.py generated/7.jsonl …    # these files of cases

Reads `id`, `sql`, `ordered` and `note` of each line of `cases/*.jsonl`, executes the statement on
GoogleSQL's reference engine over the rows of `tables.json`, and writes columns, rows, error and
origin back in place. A line whose origin is a URL carries a documented value that the engine cannot
produce; such a line stays as it is.
"""

import datetime
import json
import pathlib
import sys

from zetasql.api import CatalogBuilder, TableBuilder
from zetasql.core import ZetaSqlLocalService
from zetasql.types import (
    AnalyzerOptions,
    LanguageFeature,
    LanguageOptions,
    ProductMode,
    Type,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as wire

HERE = pathlib.Path(__file__).resolve().parent
ORIGIN = "googlesql reference engine, zetasql 0.1.5"

# The service names types by BigQuery's words, but not where the words differ inside.
TYPE_NAMES = {"TYPE_DOUBLE": "FLOAT64"}

KINDS = {
    "BOOL": "bool",
    "INT64": "int",
    "NUMERIC": "decimal",
    "BIGNUMERIC": "decimal",
    "FLOAT64": "float",
    "STRING": "text",
    "BYTES": "bytes",
    "DATE": "date",
    "TIME": "time",
    "DATETIME": "timestamp",
    "TIMESTAMP": "timestamptz",
    "INTERVAL": "interval",
    "JSON": "json",
    "ARRAY": "array",
}

EPOCH = datetime.date(1970, 1, 1)


def options():
    """Analyzer options as BigQuery has them: external types, microseconds, QUALIFY reserved, UTC."""
    language = LanguageOptions.maximum_features()
    language.product_mode = ProductMode.PRODUCT_EXTERNAL
    beyond = {
        LanguageFeature.FEATURE_TIMESTAMP_NANOS.value,
        LanguageFeature.FEATURE_TIMESTAMP_PICOS.value,
    }
    language.enabled_language_features = [
        feature for feature in language.enabled_language_features if feature not in beyond
    ]
    language.reserved_keywords = ["QUALIFY"]
    return AnalyzerOptions(language_options=language, default_timezone="UTC")


def type_name(type_):
    name = TypeKind(type_.type_kind).name
    return TYPE_NAMES.get(name, name.removeprefix("TYPE_"))


def fraction(nanos):
    return f".{nanos:09d}".rstrip("0") if nanos else ""


def decimal(raw, scale):
    number = int.from_bytes(raw, "little", signed=True)
    whole, rest = divmod(abs(number), 10**scale)
    digits = f"{whole}.{rest:0{scale}d}".rstrip("0").rstrip(".")
    return f"-{digits}" if number < 0 else digits


def real(value):
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value).removesuffix(".0")


def clock(bits):
    return f"{bits >> 12 & 31:02d}:{bits >> 6 & 63:02d}:{bits & 63:02d}"


def canonical(cell, type_):
    """The value of a cell in the notation of the recorded cases."""
    field = cell.WhichOneof("value")
    if field is None:
        return None
    value = getattr(cell, field)
    match type_name(type_):
        case "ARRAY":
            return [canonical(item, type_.array_type.element_type) for item in value.element]
        case "BOOL" | "STRING" | "JSON":
            return value
        case "INT64":
            return str(value)
        case "NUMERIC":
            return decimal(value, 9)
        case "BIGNUMERIC":
            return decimal(value, 38)
        case "FLOAT64":
            return real(value)
        case "BYTES":
            return "\\x" + value.hex()
        case "DATE":
            return (EPOCH + datetime.timedelta(days=value)).isoformat()
        case "TIME":
            return clock(value >> 30) + fraction(value & (1 << 30) - 1)
        case "DATETIME":
            bits = value.bit_field_datetime_seconds
            day = f"{bits >> 26:04d}-{bits >> 22 & 15:02d}-{bits >> 17 & 31:02d}"
            return f"{day} {clock(bits)}{fraction(value.nanos)}"
        case "TIMESTAMP":
            moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value.seconds)
            return f"{moment.isoformat(' ')}{fraction(value.nanos)}+00"
        case other:
            raise ValueError(f"no notation for `{other}`")


def literal(value, type_):
    """A value of `tables.json` as an expression."""
    if value is None:
        return f"CAST(NULL AS {type_})"
    if type_.startswith("ARRAY<"):
        inner = type_[6:-1]
        return f"{type_}[{', '.join(literal(item, inner) for item in value)}]"
    if isinstance(value, bool):
        return str(value).upper()
    text = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"CAST('{text}' AS {type_})"


class Engine:
    """GoogleSQL with the tables of `tables.json`."""

    def __init__(self):
        self.options = options()
        self.functions = ZetaSQLBuiltinFunctionOptions(language_options=self.options.language_options)
        self.content = {}
        self.catalog = CatalogBuilder("empty").with_builtin_functions(self.functions).build()
        builder = CatalogBuilder("corpus").with_builtin_functions(self.functions)
        tables = json.loads((HERE / "tables.json").read_text(encoding="utf-8"))
        for table in tables:
            types = [column["type"] for column in table["columns"]]
            cells = []
            # The first row is one of no values: it tells the types of a table without rows.
            for row in [[None] * len(types), *table["rows"]]:
                items = ", ".join(literal(value, type_) for value, type_ in zip(row, types, strict=True))
                columns, rows = self.run(f"SELECT {items}")
                cells.extend(rows)
            del cells[0]
            shape = TableBuilder(table["name"])
            for column, described in zip(table["columns"], columns, strict=True):
                shape.add_column(column["name"], Type.from_proto(described.type))
            builder.add_table(shape.build())
            content = wire.TableContent()
            content.table_data.row.extend(cells)
            self.content[table["name"]] = content
        self.catalog = builder.build()

    def call(self, name, request, answer):
        """One call of the service by its own messages: the wrapper's models lose empty arrays."""
        client = ZetaSqlLocalService.get_instance().wasm_client
        return client.call_grpc_func(f"ZetaSqlLocalService_{name}", request, answer)

    def run(self, sql):
        request = wire.PrepareQueryRequest(
            sql=sql,
            options=self.options.to_proto(),
            simple_catalog=self.catalog.to_proto(),
            table_content=self.content,
        )
        prepared = self.call("PrepareQuery", request, wire.PrepareQueryResponse).prepared
        request = wire.EvaluateQueryRequest(prepared_query_id=prepared.prepared_query_id)
        answer = self.call("EvaluateQuery", request, wire.EvaluateQueryResponse)
        return prepared.columns, answer.content.table_data.row

    def record(self, case):
        columns, rows, error = [], [], None
        try:
            described, answer = self.run(case["sql"])
            columns = [
                {"name": column.name or f"f{index}_", "type": KINDS[type_name(column.type)]}
                for index, column in enumerate(described)
            ]
            rows = [
                [canonical(cell, column.type) for cell, column in zip(row.cell, described, strict=True)]
                for row in answer
            ]
        except Exception as failure:
            if "UNIMPLEMENTED" in str(failure) or not type(failure).__module__.startswith("zetasql"):
                raise
            columns, rows, error = [], [], str(failure).splitlines()[0]
        return case | {
            "columns": columns,
            "rows": rows,
            "ordered": case["ordered"] or len(rows) <= 1,
            "error": error,
            "origin": ORIGIN,
        }


KEYS = ["id", "sql", "columns", "rows", "ordered", "error", "origin", "note", "comparable"]


def main(wanted):
    engine = Engine()
    unsupported = []
    files = [pathlib.Path(name) for name in wanted if name.endswith(".jsonl")]
    wanted = {name for name in wanted if not name.endswith(".jsonl")}
    for path in sorted(files or (HERE / "cases").glob("*.jsonl")):
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            documented = case.get("origin", "").startswith("http") or not case.get("comparable", True)
            if not documented and (not wanted or case["id"] in wanted):
                try:
                    case = engine.record(case)
                except Exception as failure:
                    unsupported.append(f"{case['id']}: {failure}")
            case = {key: case[key] for key in KEYS if key in case}
            lines.append(json.dumps(case, ensure_ascii=False) + "\n")
        path.write_text("".join(lines), encoding="utf-8")
    if unsupported:
        sys.exit("\n".join(unsupported))


if __name__ == "__main__":
    main(set(sys.argv[1:]))
