"""Statements that call the lines of a dialect's tables."""

import random
import re

from .tables import lines
from .values import VALUES
from .vendors import VENDORS

# As operators are written; the rest are calls, or have a form of their own.
INFIX_WORDS = {"and", "or", "xor", "div"}
PATTERNS = {
    "like", "not like", "ilike", "not ilike", "rlike", "not rlike", "similar to", "not similar to", "regexp",
    "not regexp",
}
# What makes long texts and lists, which large numbers would fill the memory with.
GROWING = re.compile(r"repeat|pad|space|sequence|range|replicate|generate_|resize|constant|array_repeat", re.IGNORECASE)
LARGE = re.compile(r"[0-9]{7,}")
TRIES = 3


def statements(dialect, each, seed):
    """Up to so many statements of each line, as cases."""
    vendor = VENDORS[dialect]
    number = 0
    for line in lines(dialect):
        seen = set()
        for turn in range(each * TRIES):
            if len(seen) == each:
                break
            sql = Call(vendor, line, random.Random(f"{dialect} {seed} {line.text} {turn}")).statement()
            if sql is None or sql in seen or (GROWING.search(line.name) and LARGE.search(sql)):
                continue
            seen.add(sql)
            number += 1
            case = {"id": f"{dialect}-line-{seed}-{number:05}", "sql": sql, "ordered": False}
            settings = settings_of(line)
            yield case | ({"settings": settings} if settings else {})


def settings_of(line):
    """Values under which the line holds; `!=` takes the next number."""
    settings = {}
    for text in line.settings:
        name, value = re.split("!?=", text, maxsplit=1)
        if "!=" not in text:
            settings[name] = value
        elif value.isdigit():
            settings[name] = str(int(value) + 1)
    return settings


class Call:
    def __init__(self, vendor, line, chance):
        self.vendor, self.line, self.chance = vendor, line, chance
        # Columns of the subquery: name and type.
        self.columns = []
        self.array = None

    def statement(self):
        written = self.written()
        if written is None:
            return None
        call, over = written
        if self.line.kind in ("agg", "window"):
            return self.over_rows(call, over)
        if self.line.kind or over:
            return None
        row = ", ".join(f"{self.value(kind)} AS {name}" for name, kind in self.columns) or "1 AS z"
        return f"SELECT {call} AS r FROM (SELECT {row}{self.vendor.dual}) q"

    def over_rows(self, call, over):
        rows = []
        for number in range(self.chance.choice([1, 2, 3, 5, 5, 5])):
            cells = "".join(f", {self.value(kind)} AS {name}" for name, kind in self.columns)
            rows.append(f"SELECT {number} AS id{cells}{self.vendor.dual}")
        source = f"({' UNION ALL '.join(rows)}) q"
        if self.line.kind == "window" or over:
            halves = self.vendor.modulo.format("q.id")
            windows = ["ORDER BY q.id", f"PARTITION BY {halves} ORDER BY q.id"] + [""] * over
            return f"SELECT q.id, {call} OVER ({self.chance.choice(windows)}) AS r FROM {source}"
        empty = " WHERE q.id > 100" if self.chance.random() < 0.1 else ""
        return f"SELECT {call} AS r FROM {source}{empty}"

    def value(self, kind):
        return self.vendor.literal(kind, self.chance.choice(self.vendor.values(VALUES[kind])))

    def argument(self, kind):
        """The text of an argument: a column, or a constant where the line wants one."""
        kind = kind.removesuffix("...")
        if kind.startswith("<"):
            return self.chance.choice(kind.strip("<>").split("|"))
        if kind == "any":
            kind = self.chance.choice([kind for kind in self.vendor.any_types if kind in self.vendor.types])
        if kind == "anyarray":
            known = [kind for kind in self.vendor.any_arrays if kind[:-2] in self.vendor.types]
            kind = self.array = self.array or self.chance.choice(known)
        if kind == "anyelement":
            kind = (self.array or "int4[]")[:-2]
        if kind in VALUES:
            if self.vendor.literal(kind, VALUES[kind][1]) is None:
                return None
            self.columns.append((f"v{len(self.columns)}", kind))
            return f"q.{self.columns[-1][0]}"
        constants = "regex" if kind.startswith("regex") else kind.replace("lax_", "").replace("either_", "")
        known = self.vendor.words.get(constants)
        return known and self.chance.choice(known)

    def arguments(self):
        kinds = list(self.line.args)
        if kinds and kinds[-1].endswith("..."):
            kinds += [kinds.pop()] * self.chance.randint(1, 3)
        texts = {}
        # The list first: it says of what type an element is.
        for at in sorted(range(len(kinds)), key=lambda at: kinds[at] != "anyarray"):
            texts[at] = self.argument(kinds[at])
        args = [texts[at] for at in range(len(kinds))]
        return None if None in args else args

    def written(self):
        """The call, and whether it is that of a window; nothing where there is no way to write it."""
        args, name = self.arguments(), self.line.name
        if args is None:
            return None
        over = name.endswith(" over")
        name = name.removesuffix(" over")
        text = self.form(name, args)
        return None if text is None else (text, over)

    def form(self, name, args):
        cast = re.match(r"(try_)?cast (.*)$", name)
        if cast:
            return self.cast(cast.group(1) or "", cast.group(2).split(), args)
        first = args[0] if args else ""
        if name.startswith("extract "):
            return f"EXTRACT({name[8:]} FROM {first})"
        if name.startswith("unary "):
            return f"({name[6:]}{first})"
        if name.startswith("is "):
            return f"({first} {name.upper()})"
        if name in PATTERNS:
            return f"({first} {name.upper()} {args[1]})"
        if name.endswith(" escape"):
            return f"({first} {name[:-7].upper()} {args[1]} ESCAPE '!')"
        if name == "at time zone":
            return f"({first} AT TIME ZONE {self.chance.choice(self.vendor.words['zone'])})"
        if name in INFIX_WORDS or not re.match("[a-z_]", name):
            return f"({first} {name} {args[1]})" if len(args) == 2 else None
        if name == "position" and self.vendor is not VENDORS["clickhouse"]:
            return f"POSITION({first} IN {args[1]})"
        if name == "extract":
            return f"EXTRACT({first} FROM {args[1]})"
        # Forms of a dialect's own, such as `json key`.
        return None if " " in name else f"{name}({', '.join(args)})"

    def cast(self, tried, words, args):
        if words[0] == "style":
            name = "VARCHAR(30)" if words[-1] == "varchar" else self.vendor.cast(words[-1])
            return name and f"CONVERT({name}, {args[0]}, {words[1]})"
        if words[0] in ("from", "format"):
            return None
        name = self.vendor.cast(words[0]) or self.vendor.cast(words[-1])
        if len(words) == 3 and words[1].isdigit():
            name = f"{words[0].upper()}({words[1]})"
        return name and f"{tried.upper()}CAST({args[0]} AS {name})"
