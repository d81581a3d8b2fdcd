"""How each dialect calls the types of the core, and writes their values."""


def doubled(text):
    return "'" + text.replace("'", "''") + "'"


def escaped(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Vendor:
    # Names of types: of columns, and where they differ, of casts by the word that lines use.
    types = {}
    casts = {}
    quote = staticmethod(doubled)
    # What stands behind a SELECT without a table.
    dual = ""
    has_booleans = True
    any_types = ["text", "int4", "int8", "numeric", "float8", "date", "timestamp", "bool"]
    any_arrays = ["int4[]", "text[]", "int8[]", "float8[]"]
    # Texts of arguments that must be constants.
    words = {
        "zone": ["'America/New_York'", "'Europe/Berlin'", "'UTC'", "'Asia/Kolkata'"],
        "path": ["'$.a'", "'$.b[0]'", "'$.c.d'", "'$.zz'"],
        "member_path": ["'a'", "'c.d'"],
        "step": ["'a'"],
        "constant": ["'2024-02-29'", "'12'", "'abc'", "'2024-02-29 10:30:45'"],
        "ascii": ["'a'", "'b'", "'lo'", "','"],
        "replacement": ["'X'", "''"],
        "regex": ["'[a-z]+'", "'^a'", "'b'", "'[0-9]'", "'(l+)o'"],
        "format": ["'YYYY-MM-DD'", "'DD/MM/YYYY'", "'YYYY-MM-DD HH24:MI:SS'", "'Mon DD, YYYY'"],
    }
    modulo = "MOD({}, 2)"
    # How a list is written, and one that is not there; nothing where the dialect has none.
    list = None
    no_list = None
    # Names of types whose literal is `CAST(… AS …)` of a quoted text.
    QUOTED = {"text", "bpchar", "timestamp", "timestamptz", "zoned", "seconds", "date", "time", "ticks", "minutes", "uuid"}

    def literal(self, kind, value):
        """Text of a value, nothing where the dialect has no such type."""
        if kind.endswith("[]"):
            return self.array(kind[:-2], value)
        name = self.types.get(kind)
        if name is None:
            return None
        return f"CAST(NULL AS {name})" if value is None else self.one(kind, name, value)

    def one(self, kind, name, value):
        if kind in self.QUOTED:
            return f"CAST({self.quote(value)} AS {name})"
        if kind == "bool":
            return value.upper() if self.has_booleans else f"CAST({int(value == 'true')} AS {name})"
        if kind in ("json", "jsonb"):
            return self.json(value)
        if kind == "bytea":
            return self.bytes(value)
        if kind == "interval":
            return self.interval(value)
        return f"CAST({value} AS {name})"

    def json(self, value):
        return None

    def bytes(self, value):
        return None

    def interval(self, value):
        return f"INTERVAL '{value}' DAY"

    def array(self, element, value):
        name = self.types.get(element)
        form = self.no_list if value is None else self.list
        if name is None or form is None:
            return None
        items = ", ".join(self.literal(element, item) for item in value or [])
        return form.format(items=items, name=name)

    def values(self, values):
        return values

    def cast(self, word):
        return self.casts.get(word, self.types.get(word))


class Snowflake(Vendor):
    types = {
        "text": "VARCHAR", "int4": "NUMBER(9, 0)", "int8": "NUMBER(18, 0)", "numeric": "NUMBER(12, 3)",
        "float8": "FLOAT", "bool": "BOOLEAN", "date": "DATE", "time": "TIME", "timestamp": "TIMESTAMP_NTZ",
        "timestamptz": "TIMESTAMP_LTZ", "zoned": "TIMESTAMP_TZ", "jsonb": "VARIANT", "bytea": "BINARY",
    }
    casts = {"varchar": "VARCHAR(5)", "numeric": "NUMBER(10, 2)"}
    words = Vendor.words | {"path": ["'a'", "'b[0]'", "'c.d'"]}

    @staticmethod
    def quote(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

    def json(self, value):
        return f"PARSE_JSON({self.quote(value)})"

    def bytes(self, value):
        return f"TO_BINARY('{value}', 'HEX')"


class Redshift(Vendor):
    types = {
        "text": "VARCHAR(50)", "bpchar": "CHAR(10)", "int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT",
        "numeric": "DECIMAL(12, 3)", "float8": "DOUBLE PRECISION", "float4": "REAL", "bool": "BOOLEAN",
        "date": "DATE", "time": "TIME", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ", "jsonb": "SUPER",
    }
    casts = {"varchar": "VARCHAR(5)", "char": "CHAR(5)", "numeric": "DECIMAL(10, 2)"}

    def json(self, value):
        return f"JSON_PARSE({self.quote(value)})"


class Trino(Vendor):
    list = "CAST(ARRAY[{items}] AS ARRAY({name}))"
    no_list = "CAST(NULL AS ARRAY({name}))"
    types = {
        "text": "VARCHAR", "int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT", "numeric": "DECIMAL(12, 3)",
        "float8": "DOUBLE", "float4": "REAL", "bool": "BOOLEAN", "date": "DATE", "time": "TIME",
        "timestamp": "TIMESTAMP(6)", "timestamptz": "TIMESTAMP(6) WITH TIME ZONE", "jsonb": "JSON",
        "bytea": "VARBINARY", "uuid": "UUID", "interval": "INTERVAL DAY TO SECOND",
    }
    casts = {
        "varchar": "VARCHAR(5)", "tinyint": "TINYINT", "numeric": "DECIMAL(10, 2)", "timestamp": "TIMESTAMP(3)",
        "text[]": "ARRAY(VARCHAR)", "int8[]": "ARRAY(BIGINT)", "int4[]": "ARRAY(INTEGER)",
    }
    words = Vendor.words | {
        "format": ["'%Y-%m-%d'", "'%d/%m/%Y %H:%i:%s'", "'yyyy-MM-dd'"],
        "lambda1": ["x -> x + 1", "x -> x > 1", "x -> x IS NULL"],
        "lambda2": ["(x, y) -> x + y"],
    }

    def one(self, kind, name, value):
        if kind == "timestamptz":
            return f"TIMESTAMP '{value} UTC'"
        if kind == "float8":
            return f"CAST('{value}' AS DOUBLE)"
        return super().one(kind, name, value)

    def json(self, value):
        return f"JSON_PARSE({self.quote(value)})"

    def bytes(self, value):
        return f"X'{value}'"


class Teradata(Vendor):
    types = {
        "text": "VARCHAR(50)", "bpchar": "CHAR(10)", "int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT",
        "numeric": "DECIMAL(12, 3)", "float8": "FLOAT", "date": "DATE", "time": "TIME(6)",
        "timestamp": "TIMESTAMP(6)", "timestamptz": "TIMESTAMP(6) WITH TIME ZONE",
        "interval": "INTERVAL DAY TO SECOND",
    }
    casts = {
        "varchar": "VARCHAR(5)", "char": "CHAR(5)", "byteint": "BYTEINT", "numeric": "DECIMAL(10, 2)",
        "phrased_char": "CHAR(5)", "phrased_varchar": "VARCHAR(5)",
    }

    def one(self, kind, name, value):
        moment = value if "." in value else f"{value}.000000"
        forms = {
            "date": f"DATE '{value}'",
            "timestamp": f"TIMESTAMP '{moment}'",
            "timestamptz": f"TIMESTAMP '{moment}+00:00'",
            "time": f"TIME '{value}'",
        }
        return forms.get(kind) or super().one(kind, name, value)


class Oracle(Vendor):
    dual = " FROM DUAL"
    types = {
        "text": "VARCHAR2(50)", "bpchar": "CHAR(10)", "numeric": "NUMBER(12, 3)", "float8": "BINARY_DOUBLE",
        "float4": "BINARY_FLOAT", "seconds": "DATE", "timestamp": "TIMESTAMP", "bytea": "RAW(16)",
        "interval": "INTERVAL DAY TO SECOND", "int4": "NUMBER(9, 0)", "int8": "NUMBER(18, 0)",
    }
    casts = {
        "varchar": "VARCHAR2(5)", "varchar2": "VARCHAR2(5)", "nvarchar2": "NVARCHAR2(5)", "char": "CHAR(5)",
        "numeric": "NUMBER(10, 2)", "text": "CLOB",
    }
    any_types = ["text", "numeric", "seconds", "timestamp", "float8"]

    def values(self, values):
        # The empty text is NULL.
        return [value for value in values if value != ""]

    def one(self, kind, name, value):
        forms = {
            "seconds": f"TO_DATE('{value}', 'YYYY-MM-DD HH24:MI:SS')",
            "timestamp": f"TIMESTAMP '{value}'",
            "bytea": f"HEXTORAW('{value}')",
        }
        return forms.get(kind) or super().one(kind, name, value)


class TSql(Vendor):
    types = {
        "text": "VARCHAR(50)", "int2": "SMALLINT", "int4": "INT", "int8": "BIGINT", "numeric": "DECIMAL(12, 3)",
        "float8": "FLOAT", "float4": "REAL", "bool": "BIT", "date": "DATE", "time": "TIME",
        "timestamp": "DATETIME2", "timestamptz": "DATETIMEOFFSET", "ticks": "DATETIME", "minutes": "SMALLDATETIME",
        "currency": "MONEY", "uuid": "UNIQUEIDENTIFIER", "bytea": "VARBINARY(16)",
    }
    casts = {
        "varchar": "VARCHAR(5)", "text": "VARCHAR(MAX)", "char": "CHAR(5)", "tinyint": "TINYINT",
        "numeric": "DECIMAL(10, 2)", "time": "TIME(0)",
    }
    has_booleans = False
    any_types = ["text", "int4", "numeric", "float8", "date", "ticks", "bool", "currency"]
    words = Vendor.words | {"format": ["'yyyy-MM-dd'", "'dd/MM/yyyy HH:mm:ss'", "'d'", "'MMM yyyy'"]}
    modulo = "{} % 2"

    def bytes(self, value):
        return f"CAST(0x{value} AS VARBINARY(16))"


class Spark(Vendor):
    quote = staticmethod(escaped)
    list = "CAST(array({items}) AS ARRAY<{name}>)"
    no_list = "CAST(NULL AS ARRAY<{name}>)"
    types = {
        "text": "STRING", "int2": "SMALLINT", "int4": "INT", "int8": "BIGINT", "numeric": "DECIMAL(12, 3)",
        "float8": "DOUBLE", "float4": "FLOAT", "bool": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP_NTZ",
        "timestamptz": "TIMESTAMP", "bytea": "BINARY",
    }
    casts = {"varchar": "STRING", "tinyint": "TINYINT", "numeric": "DECIMAL(10, 2)"}
    words = Vendor.words | {
        "format": ["'yyyy-MM-dd'", "'dd/MM/yyyy HH:mm:ss'", "'MMM d'"],
        "lambda1": ["x -> x + 1", "x -> x > 1", "x -> x IS NULL"],
        "lambda2": ["(x, y) -> x + y", "(s, x) -> s + coalesce(x, 0)"],
    }
    modulo = "{} % 2"

    def bytes(self, value):
        return f"X'{value}'"


class BigQuery(Vendor):
    quote = staticmethod(escaped)
    list = "ARRAY<{name}>[{items}]"
    no_list = "CAST(NULL AS ARRAY<{name}>)"
    types = {
        "text": "STRING", "int8": "INT64", "numeric": "NUMERIC", "float8": "FLOAT64", "bool": "BOOL", "date": "DATE",
        "time": "TIME", "timestamp": "DATETIME", "timestamptz": "TIMESTAMP", "bytea": "BYTES", "jsonb": "JSON",
    }
    any_types = ["text", "int8", "numeric", "float8", "date", "timestamp", "bool"]
    any_arrays = ["int8[]", "text[]", "float8[]"]
    words = Vendor.words | {
        "format": ["'%Y-%m-%d'", "'%d/%m/%Y %H:%M:%S'", "'%b %e'", "'%A'"],
        "regex": ["r'[a-z]+'", "r'^a'", "r'b'", "r'[0-9]'", "r'(l+)o'"],
    }

    def json(self, value):
        return f"JSON {self.quote(value)}"

    def bytes(self, value):
        return "b'" + "".join(f"\\x{value[at:at + 2]}" for at in range(0, len(value), 2)) + "'"


class MySql(Vendor):
    quote = staticmethod(escaped)
    types = {
        "text": "CHAR(50)", "int8": "SIGNED", "int4": "SIGNED", "int2": "SIGNED", "numeric": "DECIMAL(12, 3)",
        "float8": "DOUBLE", "date": "DATE", "time": "TIME", "timestamp": "DATETIME(6)", "uint8": "UNSIGNED",
        "bool": "SIGNED", "jsonb": "JSON", "bytea": "BINARY",
    }
    casts = {"varchar": "CHAR(5)", "text": "CHAR", "char": "CHAR(5)", "numeric": "DECIMAL(10, 2)", "timestamp": "DATETIME"}
    any_types = ["text", "int8", "numeric", "float8", "date", "timestamp"]
    words = Vendor.words | {"format": ["'%Y-%m-%d'", "'%d/%m/%Y %H:%i:%s'", "'%b %e'", "'%W'"]}

    def one(self, kind, name, value):
        if kind in ("int2", "int4", "int8"):
            return value
        return self.quote(value) if kind == "text" else super().one(kind, name, value)

    def bytes(self, value):
        return f"x'{value}'"


class ClickHouse(Vendor):
    quote = staticmethod(escaped)
    list = "CAST([{items}] AS Array({name}))"
    types = {
        "text": "Nullable(String)", "int2": "Nullable(Int16)", "int4": "Nullable(Int32)", "int8": "Nullable(Int64)",
        "uint8": "Nullable(UInt64)", "numeric": "Nullable(Decimal(12, 3))", "float8": "Nullable(Float64)",
        "float4": "Nullable(Float32)", "bool": "Nullable(Bool)", "date": "Nullable(Date32)",
        "timestamp": "Nullable(DateTime64(6))", "uuid": "Nullable(UUID)",
    }
    casts = {"numeric": "Nullable(Decimal(10, 2))"}
    any_types = ["text", "int4", "int8", "numeric", "float8", "date", "timestamp"]
    words = Vendor.words | {
        "format": ["'%Y-%m-%d'", "'%d/%m/%Y %H:%i:%S'"],
        "lambda1": ["x -> x + 1", "x -> x > 1", "x -> isNull(x)"],
        "lambda2": ["(x, y) -> x + y"],
    }

    def one(self, kind, name, value):
        if kind == "numeric":
            return f"CAST('{value}' AS {name})"
        return f"CAST({value} AS {name})" if kind == "bool" else super().one(kind, name, value)


class Postgres(Vendor):
    list = "CAST(ARRAY[{items}] AS {name}[])"
    no_list = "CAST(NULL AS {name}[])"
    types = {
        "text": "text", "bpchar": "char(10)", "int2": "smallint", "int4": "integer", "int8": "bigint",
        "numeric": "numeric(12, 3)", "float8": "double precision", "float4": "real", "bool": "boolean",
        "date": "date", "time": "time", "timestamp": "timestamp", "timestamptz": "timestamptz", "jsonb": "jsonb",
        "json": "json", "bytea": "bytea", "uuid": "uuid", "interval": "interval",
    }
    casts = {"varchar": "varchar(5)", "char": "char(5)", "numeric": "numeric(10, 2)"}

    def json(self, value):
        return f"CAST({self.quote(value)} AS jsonb)"

    def bytes(self, value):
        return f"CAST('\\x{value}' AS bytea)"

    def interval(self, value):
        return f"CAST('{value} days' AS interval)"


VENDORS = {
    "snowflake": Snowflake(), "redshift": Redshift(), "trino": Trino(), "teradata": Teradata(), "oracle": Oracle(),
    "tsql": TSql(), "spark": Spark(), "bigquery": BigQuery(), "mysql": MySql(), "clickhouse": ClickHouse(),
    "postgres": Postgres(),
}
