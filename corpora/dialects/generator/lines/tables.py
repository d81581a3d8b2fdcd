"""Lines of a dialect's tables, taken apart."""

import pathlib
import re
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[4] / "sql/src/dialects"
# Not read: names of types and tokens of formats.
OTHERS = re.compile(r"(types|formats|clauses)\.txt$")


@dataclass(frozen=True)
class Line:
    text: str
    # `week_start=0`, `collation!=binary`: under which settings the line holds.
    settings: tuple
    # "" for a scalar function, else `agg`, `ordered`, `window`, `set`.
    kind: str
    name: str
    args: tuple


def files(dialect):
    if dialect == "postgres":
        return [ROOT / "postgres" / f"{name}.txt" for name in ("operators", "functions", "aggregates")]
    source = (ROOT / f"{dialect}.rs").read_text(encoding="utf-8")
    return [ROOT / name for name in re.findall(r'include_str!\("([^"]+)"\)', source) if not OTHERS.search(name)]


def lines(dialect):
    """All lines that define a value which is the same each time."""
    for path in files(dialect):
        for raw in path.read_text(encoding="utf-8").splitlines():
            line = read(raw.strip())
            if line:
                yield line


def read(text):
    if not text or text.startswith(("#", "alias ")):
        return None
    head, settings = text, []
    while head.startswith("@"):
        setting, head = head.split(" ", 1)
        settings.append(setting[1:])
    if re.match(r"(clock|chance|session|estimate|choice|refuse) ", head):
        return None
    kind = re.match(r"(agg|ordered|window|set) ", head)
    head = head[kind.end():] if kind else head
    parts = re.match(r"([^(]+)\(([^)]*)\)", head)
    if not parts:
        return None
    args = tuple(arg.strip() for arg in parts.group(2).split(",") if arg.strip())
    return Line(text, tuple(settings), kind.group(1) if kind else "", parts.group(1).strip(), args)
