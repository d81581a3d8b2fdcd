"""Writes pairs of Parquet files and says what truly differs between them.

Every value is a function of the row's number, so that the same size gives the same files, and the
truth is counted by arithmetic and not by comparing. The second file has its rows in another order:
number `(place × step) mod rows`, where `step` and `rows` have no common divisor.

Run as a program inside the environment: `inputs.py INPUT VARIANT ROWS FOLDER` writes one file.
"""

import math
import sys
from dataclasses import dataclass

NOISE = 1e-12
"""What `noise` multiplies floats with, less one."""

GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Column:
    """A column: its value for row `i` of content `c`, and how an edit changes a value `{v}`."""

    name: str
    sql: str
    edit: str


@dataclass(frozen=True)
class Input:
    """A pair of files."""

    columns: tuple
    share: float = 1.0
    """Rows, as a share of the rows that are asked for."""
    row_group: int = 250_000
    content: str = "i"
    """What the values of row `i` come from."""
    beyond: str = "i"
    """The same for rows that only the second file has."""
    key_unique: bool = True

    def rows(self, asked):
        """Rows of the first file."""
        return max(200, round(asked * self.share))


def integer(name, seed, most=1_000_000):
    return Column(name, f"(hash(c, {seed}) % {most})::INTEGER", "{v} + 1")


def big(name, seed):
    return Column(name, f"(hash(c, {seed}) >> 2)::BIGINT", "{v} + 1")


def real(name, seed, low, high):
    unit = f"(hash(c, {seed}) >> 11)::DOUBLE / {2**53}::DOUBLE"
    return Column(name, f"{low} + {high - low} * ({unit})", "{v} + 1")


def amount(name, seed):
    return Column(name, f"((hash(c, {seed}) % 1000000000)::BIGINT / 100)::DECIMAL(12, 2)", "{v} + 1")


def day(name, seed):
    return Column(name, f"DATE '1992-01-01' + (hash(c, {seed}) % 12000)::INTEGER", "({v} + 1)::DATE")


def moment(name, seed):
    micros = f"1000000000000000 + (hash(c, {seed}) % 700000000000000)::BIGINT"
    return Column(name, f"make_timestamp({micros})", "{v} + INTERVAL 1 HOUR")


def text(name, seed, length=12):
    return Column(name, f"to_base((hash(c, {seed}) >> 4)::BIGINT, 32, {length})", "{v} || 'x'")


BASE = (
    integer("i", 1),
    real("d1", 2, 1, 1000),
    real("d2", 3, -3, 3),
    amount("amount", 4),
    day("day", 5),
    moment("at", 6),
    text("name", 7),
)
KEY = Column("k", "i", "")


def wide():
    """A key and 499 columns of six types."""
    kinds = [integer, lambda n, s: real(n, s, 1, 1000), amount, day, lambda n, s: text(n, s, 8), big]
    made = (kinds[n % len(kinds)](f"c{n:03}", 10 + n) for n in range(499))
    return (KEY, *made)


def nested():
    """Lists, structs, maps, and lists of structs, with NULL elements."""
    item = "CASE WHEN hash(c, {0}) % 9 = 0 THEN NULL ELSE (hash(c, {0}) % 1000)::INTEGER END"
    items = ", ".join(item.format(seed) for seed in range(20, 25))
    word = "to_base((hash(c, {0}) % 100000)::BIGINT, 32)"
    pair = "{{'a': (hash(c, {0}) % 1000)::INTEGER, 'b': " + word + "}}"
    entries = ", ".join(
        f"'{name}': (hash(c, {seed}) % 1000)::INTEGER" for seed, name in ((31, "x"), (32, "y"), (33, "z"))
    )
    return (
        KEY,
        Column("list", f"list_value({items})[1:(hash(c, 25) % 6)::INTEGER]", "list_append({v}, 7)"),
        Column("struct", pair.format(30), "{{'a': ({v}).a + 1, 'b': ({v}).b}}"),
        Column("map", f"MAP {{{entries}}}", "MAP {{'x': ({v})['x'], 'y': ({v})['y'] + 1, 'z': ({v})['z']}}"),
        Column(
            "structs",
            f"list_value({pair.format(34)}, {pair.format(35)})[1:(hash(c, 36) % 3)::INTEGER]",
            "list_append({v}, {{'a': -1, 'b': 'x'}})",
        ),
        text("name", 37),
    )


def texts():
    """Long texts that begin alike; some are empty, some NULL, some not ASCII."""

    def body(seed, parts):
        return " || ' ' || ".join(f"sha256(c::VARCHAR || '-{seed}-{part}')" for part in range(parts))

    begin = "'https://shop.example/catalog/products/by-category/all-of-them/' || "
    edit = "coalesce({v}, '') || 'x'"
    return (
        KEY,
        Column("url", begin + "to_base((hash(c, 40) >> 4)::BIGINT, 32, 12)", edit),
        Column("body", body(41, 6), edit),
        Column(
            "note", f"CASE WHEN i % 11 = 0 THEN NULL WHEN i % 13 = 0 THEN '' ELSE 'größe ' || {body(42, 2)} END", edit
        ),
    )


# A power of a uniform value: the first of 1,000 contents has a sixth of all rows.
FEW = "floor(1000 * pow((hash(i, 50) >> 11)::DOUBLE / 9007199254740992, 4))::BIGINT"

INPUTS = {
    "base": Input((KEY, *BASE)),
    "wide": Input(wide(), share=0.02, row_group=10_000),
    "nested": Input(nested(), share=0.2, row_group=100_000),
    "text": Input(texts(), share=0.1, row_group=50_000),
    # Few different rows in many copies: no column is a key.
    "skewed": Input((Column("g", "c", "{v} + 1000000"), *BASE), content=FEW, beyond="1000 + i % 7", key_unique=False),
    # One key for every fifth row.
    "skewed-key": Input((Column("k", "CASE WHEN i % 5 = 0 THEN 0 ELSE i END", ""), *BASE), key_unique=False),
}


@dataclass(frozen=True)
class Truth:
    """What differs between the first file and a variant of it.

    `missing` and `extra` rows have no partner in the other file; `changed` rows have one with
    `cells` other values in all. Where rows are only a bag, `missing + changed` rows are in the
    first file alone, and `extra + changed` in the second.
    """

    left_rows: int
    right_rows: int
    missing: int = 0
    extra: int = 0
    changed: int = 0
    cells: int = 0


def every(rows):
    """One row of so many is changed: 10,000, and less where that would leave nothing to find."""
    return min(10_000, max(20, rows // 200))


def count(rows, step, rest):
    """How many of the numbers below `rows` leave `rest` when divided by `step`."""
    return max(0, -(-(rows - rest) // step))


def truth(name, variant, asked):
    """What differs between the first file and `variant`."""
    rows = INPUTS[name].rows(asked)
    step = 2 * every(rows)
    if variant == "equal":
        return Truth(rows, rows)
    if variant == "noise":
        return Truth(rows, rows, changed=rows, cells=2 * rows)
    if variant == "different":
        return Truth(rows, rows, changed=rows, cells=2 * rows)
    if variant == "many":
        changed = count(rows, 10, 3)
        return Truth(rows, rows, changed=changed, cells=changed)
    if variant == "changed":
        missing = count(rows, step, 5)
        extra = max(1, 3 * missing // 5)
        changed = count(rows, step, 15) + count(rows, step, step // 2 + 17)
        return Truth(rows, rows - missing + extra, missing, extra, changed, changed)
    raise ValueError(f"there is no variant {variant}")


def edited(column, place, columns, variant, rows):
    """The value of a column in the second file."""
    value, edit = column.sql, column.edit
    if not edit:
        return value
    changed = edit.format(v=f"({value})")
    if variant == "noise" and column.name in ("d1", "d2"):
        return f"({value}) * (1 + {NOISE})"
    if variant == "different" and column.name in ("i", "name"):
        return changed
    if variant == "many" and column.name == "d1":
        return f"CASE WHEN i % 10 = 3 THEN {changed} ELSE {value} END"
    if variant == "changed":
        one = every(rows)
        turn = f"(i // {one}) % {columns} = {place}"
        chosen = f"i < {rows} AND (i % {2 * one} = 15 OR i % {2 * one} = {one + 17}) AND {turn}"
        return f"CASE WHEN {chosen} THEN {changed} ELSE {value} END"
    return value


def select(name, variant, asked):
    """The query that gives the rows of a file."""
    shape = INPUTS[name]
    rows = shape.rows(asked)
    editable = [column for column in shape.columns if column.edit]
    places = {column.name: place for place, column in enumerate(editable)}
    found = truth(name, variant if variant != "left" else "equal", asked)
    whole = rows + found.extra
    if variant == "left":
        number, values = "place", [column.sql for column in shape.columns]
    else:
        step = max(1, round(whole * GOLDEN))
        while math.gcd(step, whole) != 1:
            step += 1
        number = f"(place * {step} + 17) % {whole}"
        values = [edited(column, places.get(column.name, 0), len(editable), variant, rows) for column in shape.columns]
    named = ", ".join(f"{value} AS {column.name}" for value, column in zip(values, shape.columns))
    kept = f"WHERE i >= {rows} OR i % {2 * every(rows)} <> 5" if found.missing else ""
    content = f"CASE WHEN i < {rows} THEN {shape.content} ELSE {shape.beyond} END"
    numbered = f"SELECT {number} AS i FROM range({whole}) AS places(place)"
    return f"SELECT {named} FROM (SELECT i, {content} AS c FROM ({numbered}) {kept})"


def write(name, variant, asked, path):
    """Writes a file."""
    import duckdb

    group = INPUTS[name].row_group
    duckdb.sql(
        f"COPY ({select(name, variant, asked)}) TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {group})"
    )


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
