#!/usr/bin/env python3
"""Megabytes a second of importing a PostgreSQL csvlog, on one core, beside two peers on the same files.

Writes logs of a generated workload: `short` (pgbench-like statements, a record of some 350 bytes) and `long` (the
statements of TPC-H, a record of about a kilobyte). Each is read by `gnomon capture import`, which makes a workload of it; by
DuckDB with one thread (its start not counted), which reads the same CSV and writes the columns of a workload as JSON lines under zstd, but joins
nothing, takes no parameters apart and looks for no passwords; and by pgBadger, which makes a report, where it is
installed, once. Prints megabytes of log by second of user and system time, the median of the rounds, as a Markdown table.

    python3 capture/benches/import/run.py --gnomon target/release/gnomon

Needs the `duckdb` package of Python; runs everything on one core (taskset).
"""

import argparse
import csv
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

SHORT = [
    "SELECT abalance FROM pgbench_accounts WHERE aid = {n}",
    "SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id "
    "WHERE o.created_at >= '2026-01-0{d}' AND o.state IN ('open', 'paid') ORDER BY o.id LIMIT 50",
    "UPDATE pgbench_tellers SET tbalance = tbalance + {n} WHERE tid = 7",
    "SELECT date_trunc('month', sold_at) AS month, sum(quantity * price) AS revenue, "
    "count(DISTINCT customer_id) FROM sales WHERE region = 'EU' AND quantity > {d} GROUP BY 1 ORDER BY 1",
]

DUCKDB = """
import duckdb, resource, sys
before = resource.getrusage(resource.RUSAGE_SELF)
connection = duckdb.connect()
connection.execute("SET threads = 1")
names = {f"c{n}": "VARCHAR" for n in range(26)}
connection.execute(
    f"COPY (SELECT c0 AS time, c1 AS user_name, c2 AS database, c5 AS session, c6 AS line, c13 AS message, c14 AS detail "
    f"FROM read_csv('{sys.argv[1]}', header = false, columns = {names}, delim = ',', quote = '\\"', escape = '\\"', "
    f"auto_detect = false)) TO '{sys.argv[2]}' (FORMAT json, COMPRESSION zstd)"
)
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""


def write(path, texts, megabytes):
    """A log of so many megabytes."""
    with open(path, "w", newline="", buffering=1 << 22) as out:
        rows = csv.writer(out, lineterminator="\n")
        number = 0
        while number % 1000 or out.tell() < megabytes * 1_000_000:
            session, text = number % 64, texts[number % len(texts)].replace("{n}", str(number)).replace("{d}", str(number % 9 + 1))
            of_day = number // 10
            time = f"2026-11-20 {of_day // 3600 % 24:02}:{of_day // 60 % 60:02}:{of_day % 60:02}.{number % 1000:03} UTC"
            bound = number % 3 == 0
            kind = "execute <unnamed>" if bound else "statement"
            message = f"duration: {number % 7}.{number % 1000:03} ms  {kind}: {text}"
            detail = f"parameters: $1 = '{number}', $2 = 'it''s'" if bound else ""
            rows.writerow([
                time, "app", "shop", 1000 + session, f"10.0.0.{session}:50000", f"6743a1b2.{0x1000 + session:x}",
                number // 64 + 1, "SELECT", "2026-11-20 00:00:00 UTC", f"{session}/{number}", 0, "LOG", "00000", message,
                detail, "", "", "", "", "", "", "", "web", "client backend", "", 123456789 + number % 4,
            ])
            number += 1
    return path.stat().st_size / 1e6


def seconds(words):
    """User and system time of a command on one core, unless it prints its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["taskset", "-c", "0", *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{words[0]} failed: {done.stderr[-2000:]}")
    if DUCKDB in words:
        return float(done.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--gnomon", default="target/release/gnomon", type=pathlib.Path)
    arguments.add_argument("--megabytes", default=300, type=int)
    arguments.add_argument("--rounds", default=5, type=int)
    given = arguments.parse_args()
    queries = sorted((pathlib.Path(__file__).parents[3] / "corpora/tpch/queries").glob("*.sql"))
    if not queries:
        raise SystemExit("the statements of TPC-H are not where they were")
    long = [query.read_text().replace("{", "").replace("}", "") for query in queries]
    print("| log | bytes a record | gnomon | DuckDB | pgBadger | gnomon : DuckDB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="gnomon-import-") as folder:
        folder = pathlib.Path(folder)
        for name, texts in (("short", SHORT), ("long", long)):
            log = folder / "log.csv"
            megabytes = write(log, texts, given.megabytes)
            with open(log, newline="") as text:
                records = sum(1 for _ in csv.reader(text))
            workload, peer = folder / "workload", folder / "peer.json.zst"
            commands = {
                "gnomon": [given.gnomon, "capture", "import", "--source", "postgres-csvlog", log, "--out", workload],
                "duckdb": [sys.executable, "-c", DUCKDB, log, peer],
            }
            if shutil.which("pgbadger"):
                commands["pgbadger"] = ["pgbadger", "-q", "-f", "csv", "-o", folder / "report.json", log]
            rates = {command: [] for command in commands}
            for turn in range(given.rounds):
                for command, words in commands.items():
                    # A tool that is far slower than the others is asked once.
                    if command == "pgbadger" and turn:
                        continue
                    shutil.rmtree(workload, ignore_errors=True)
                    rates[command].append(megabytes / seconds(words))
            found = {command: statistics.median(rate) for command, rate in rates.items()}
            badger = f"{found['pgbadger']:.1f} MB/s" if "pgbadger" in found else "not installed"
            print(
                f"| {name} | {megabytes * 1e6 / records:.0f} | {found['gnomon']:.0f} MB/s | {found['duckdb']:.0f} MB/s "
                f"| {badger} | {found['gnomon'] / found['duckdb']:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
