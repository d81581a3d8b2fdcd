"""Writes random queries of a dialect as cases that its `record.py` fills in.

    cd corpora/dialects
    python3 -m generator mysql --seed 7 --count 300 > mysql/generated/7.jsonl
    python3 mysql/record.py SOCKET mysql/generated/7.jsonl
    python3 -m generator mysql --keep mysql/generated/7.jsonl

The same dialect, seed and count give the same bytes. `--keep` drops what is no case: statements that
the engine does not compile, statements that raise because of the text and not because of a value, and
answers of many rows. `--without 0408` drops this one too.
"""

import argparse
import importlib
import json
import pathlib
import sys

from .draw import Draw
from .lines import statements
from .queries import Queries
from .tables import read

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS_MOST = 60


def generate(dialect, seed, count):
    """The cases of a seed."""
    relations = read(ROOT / dialect.name / "tables.json", dialect.kind_of)
    for number in range(1, count + 1):
        draw = Draw(f"{dialect.name} {seed} {number}")
        sql, ordered = Queries(draw, dialect, relations).statement()
        case = {"id": f"{dialect.name}-generated-{seed}-{number:04}", "sql": sql, "ordered": ordered}
        yield json.dumps(case, ensure_ascii=False) + "\n"


def keep(dialect, path, without):
    """Drops the lines of a recorded file that are no cases, and those whose id ends so."""
    lines, dropped = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        error = (case.get("error") or "").lower()
        about_values = any(part in error for part in dialect.runtime_errors())
        recorded = "origin" in case and (not error or about_values)
        recorded = recorded and not case["id"].endswith(tuple(f"-{number}" for number in without))
        if recorded and len(case["rows"]) <= ROWS_MOST and not dialect.doubtful(case["sql"], case["rows"], error):
            lines.append(line + "\n")
        else:
            dropped += 1
    path.write_text("".join(lines), encoding="utf-8")
    print(f"{path}: {len(lines)} cases, {dropped} dropped", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dialect")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--keep", type=pathlib.Path, nargs="+", metavar="FILE")
    parser.add_argument("--without", nargs="+", default=[], metavar="NUMBER")
    parser.add_argument("--lines", action="store_true", help="calls of each line of the dialect's tables")
    parser.add_argument("--each", type=int, default=1, help="so many calls of each line")
    given = parser.parse_args()
    if given.lines:
        for case in statements(given.dialect, given.each, given.seed):
            print(json.dumps(case, ensure_ascii=False))
        return
    dialect = importlib.import_module(f".dialects.{given.dialect}", __package__).DIALECT
    for path in given.keep or []:
        keep(dialect, path, given.without)
    if not given.keep:
        sys.stdout.writelines(generate(dialect, given.seed, given.count))


main()
