#!/usr/bin/env python3
"""Compares two Parquet files with Gnomon and with its peers, side by side in one run.

    python3 compare/benches/peers/run.py                    # the table: 2 × 10,000,000 rows
    python3 compare/benches/peers/run.py --growth           # 1 to 100 million rows, with a plot
    python3 compare/benches/peers/run.py --check            # small files; only whether answers are right

It makes a virtual environment with pinned DuckDB, polars and datacompy, builds `gnomon` in the
release profile, and writes the files; all of it in `target/peers`, the files again only where they
are not there. Every answer is held against what the files were made with: a wrong one is printed as
wrong, and the exit code is 1. What is measured: of ours the whole process; of a peer the work after
its imports. Memory is the most that the process had, with Python itself for the peers.
"""

import argparse
import json
import shutil
import sys
import unittest
from dataclasses import asdict
from pathlib import Path

import environment
import growth
import page
import plot
import tables
from bench import Bench, results
from cases import CASES, GROUPS, PATHS, UNABLE, checks

ROOT = Path(__file__).resolve().parents[3]
CHECK_ROWS = 20_000
ROW_BYTES = 400
"""What all files of a row take, with what is laid aside, at most."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)

    def some(all_of):
        def chosen(text):
            words = text.split(",")
            wrong = [word for word in words if word not in all_of]
            if wrong:
                raise argparse.ArgumentTypeError(f"`{wrong[0]}` is none of {', '.join(all_of)}")
            return words

        return chosen

    def number(text):
        value = int(float(text))
        if value < 1:
            raise argparse.ArgumentTypeError(f"`{text}` is too little")
        return value

    parser.add_argument("--rows", type=number, help="rows of each file; 10,000,000 by default")
    parser.add_argument("--paths", type=some(PATHS), default=PATHS, help=", ".join(PATHS))
    parser.add_argument("--inputs", type=some(GROUPS), default=GROUPS, help=", ".join(GROUPS))
    parser.add_argument("--runs", type=number, default=3, help="runs of each program; the median counts")
    parser.add_argument(
        "--time-limit", type=float, default=120, metavar="SECONDS", help="for 10,000,000 rows; more may take more"
    )
    parser.add_argument("--gnomon", type=Path, metavar="PATH", help="a program that is built already")
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "peers", help="for files and the environment")
    parser.add_argument("--growth", action="store_true", help="how our time grows with the rows, instead of the table")
    parser.add_argument(
        "--sizes",
        type=lambda text: [number(word) for word in text.split(",")],
        default=growth.SIZES,
        help="rows of --growth",
    )
    parser.add_argument("--check", action="store_true", help=f"one run on {CHECK_ROWS:,} rows: are all answers right?")
    parser.add_argument(
        "--docs", action="store_true", help="put the tables into docs/benchmarks.md, and the plot beside it"
    )
    return parser.parse_args()


def keep(folder, name, report, markdown):
    """Writes the results as JSON and as Markdown, and prints the latter."""
    (folder / f"{name}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    (folder / f"{name}.md").write_text(markdown, encoding="utf-8")
    print(markdown)
    print(f"peers: wrote {folder / name}.json and .md", file=sys.stderr)


def run_table(options, bench, machine):
    cases = [
        case
        for case in (*CASES, *(checks() if options.check else ()))
        if case.path in options.paths and case.group in options.inputs
    ]
    done = []
    for case in cases:
        done.append((case, results(case, bench.case(case))))
        print(tables.of_cases(done[-1:]), file=sys.stderr)
    parts = [tables.of_machine(machine, bench.rows, bench.runs), tables.of_cases(done)]
    if not options.check:
        parts.append(tables.of_targets(done))
    markdown = "\n\n".join(parts) + "\n"
    report = {
        "machine": machine,
        "rows": bench.rows,
        "cases": [
            {
                "case": case.name,
                "path": case.path,
                "input": case.input,
                "variant": case.variant,
                "programs": [
                    {"program": result.tool.name, "runs": [asdict(outcome) for outcome in result.outcomes]}
                    for result in own
                ],
            }
            for case, own in done
        ],
    }
    keep(bench.folder, "check" if options.check else "table", report, markdown)
    if options.docs:
        page.fill(ROOT / "docs" / "benchmarks.md", "compare: table", markdown)
    findings = [text for case, own in done for result in own for text in faults(case, result, options.check)]
    for text in findings:
        print(f"peers: {text}", file=sys.stderr)
    return 1 if findings else 0


def faults(case, result, check):
    """What makes the run fail: wrong answers; of ours, and in a check of all, that there is none."""
    name, bad = f"{case.name}: {result.tool.name}", result.bad
    unable = UNABLE.get((result.tool.module, case.input))
    if unable:
        if check and not bad:
            yield f"{name}: it can, although the cases say that {unable}"
    elif bad and (bad.wrong or check or result.tool.module == "gnomon"):
        yield f"{name}: {bad.wrong or bad.failed}"


def run_growth(options, bench_of, folder, machine):
    series, wrong = growth.run(bench_of, options.sizes)
    for text in wrong:
        print(f"peers: {text}", file=sys.stderr)
    if not any(series.values()):
        return 1
    picture = plot.growth(series)
    (folder / "growth.svg").write_text(picture, encoding="utf-8")
    markdown = tables.of_growth(series) + "\n"
    report = {"machine": machine, "series": {name: [asdict(point) for point in own] for name, own in series.items()}}
    keep(folder, "growth", report, markdown)
    if options.docs:
        (ROOT / "docs" / "images" / "compare-growth.svg").write_text(picture, encoding="utf-8")
        shown = "![Wall time of comparing two files over their rows](images/compare-growth.svg)"
        page.fill(ROOT / "docs" / "benchmarks.md", "compare: growth", f"{shown}\n\n{markdown}")
    return 1 if wrong else 0


def main():
    options = arguments()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    python = environment.python(folder)
    program = options.gnomon.resolve() if options.gnomon else environment.gnomon(ROOT)
    if not program.exists():
        raise SystemExit(f"peers: there is no program {program}")
    machine = environment.machine(program)
    rows = options.rows or (CHECK_ROWS if options.check else 10_000_000)
    runs = 1 if options.check else options.runs

    # Growth removes its files, which the table would have to write again.
    home = folder / "growth" if options.growth else folder
    home.mkdir(exist_ok=True)

    most = max(options.sizes) if options.growth else rows
    free = shutil.disk_usage(folder).free
    if free < most * ROW_BYTES:
        raise SystemExit(
            f"peers: {most:,} rows take up to {most * ROW_BYTES / 1e9:.0f} GB, and {folder} has {free / 1e9:.0f} GB left; "
            "make room, choose another --folder, or fewer rows"
        )

    def bench_of(rows):
        # The limit is for the default size; more rows may take more.
        seconds_max = max(options.time_limit, rows * options.time_limit / 10_000_000)
        return Bench(home, python, program, rows, runs, seconds_max)

    if options.check:
        suite = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
        if not unittest.TextTestRunner(stream=sys.stderr).run(suite).wasSuccessful():
            return 1
    if options.growth:
        return run_growth(options, bench_of, folder, machine)
    return run_table(options, bench_of(rows), machine)


if __name__ == "__main__":
    sys.exit(main())
