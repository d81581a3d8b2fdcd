#!/usr/bin/env python3
"""Transactions a second through the recording proxy, beside pgbouncer and without anything in between.

Starts a PostgreSQL of its own (initdb), pgbouncer (session pooling) and `gnomon capture proxy`, and lets
`pgbench -S` go through each in turn. pgbouncer is started anew for each turn, so that all of them have fresh
processes of the server. Prints medians as a Markdown table. Of the latency at one client it prints the median of
all transactions.

    python3 capture/benches/proxy/run.py --gnomon target/release/gnomon
    python3 capture/benches/proxy/run.py --gnomon target/release/gnomon --memory 10

With --memory it shows instead what the proxy's process holds while so many million statements pass through it, and then
a result of so many gigabytes, and at most until the workload of them is made.

Needs initdb, pgbench and pgbouncer, and psycopg 3 for the result in rows. Called by root it runs servers as the user postgres.
"""

import argparse
import getpass
import glob
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time

PASSWORD = "benchmark"
MODES = ("simple", "extended", "prepared")


def program(name):
    """A program of PostgreSQL, in PATH or where Debian puts it."""
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    if not found:
        raise SystemExit(f"{name} is not installed")
    return found


def as_server(words):
    """The words of a command that root must not run."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until_open(port, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(f"nothing listens on port {port}") from None
            time.sleep(0.05)


class Server:
    """A PostgreSQL in a folder."""

    def __init__(self, folder):
        self.port, self.data = free_port(), folder / "data"
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            shutil.chown(secret, "postgres")
        words = [program("initdb"), "-D", str(self.data), "-U", "bench", "-A", "scram-sha-256", f"--pwfile={secret}"]
        subprocess.run(as_server(words), check=True, stdout=subprocess.DEVNULL)
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "max_connections": 200,
            "shared_buffers": "256MB",
            "fsync": "off",
        }
        words = [program("postgres"), "-D", str(self.data)]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        self.process = subprocess.Popen(as_server(words), stderr=subprocess.DEVNULL, cwd=folder)
        until_open(self.port)
        time.sleep(1)

    def stop(self):
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
        self.process.wait()


class Bouncer:
    """pgbouncer, started anew for each turn."""

    def __init__(self, folder, server):
        self.port, self.settings, self.process = free_port(), folder / "pgbouncer.ini", None
        users = folder / "users.txt"
        users.write_text(f'"bench" "{PASSWORD}"\n')
        self.settings.write_text(
            f"[databases]\npostgres = host=127.0.0.1 port={server.port} dbname=postgres\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nauth_type = scram-sha-256\n"
            f"auth_file = {users}\npool_mode = session\nmax_client_conn = 200\ndefault_pool_size = 100\n"
            "unix_socket_dir =\n"
        )

    def start(self):
        self.stop()
        words = [program("pgbouncer"), "-q", str(self.settings)]
        self.process = subprocess.Popen(as_server(words), stderr=subprocess.DEVNULL)
        until_open(self.port)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None
            time.sleep(0.3)


class Proxy:
    """The recording proxy."""

    def __init__(self, gnomon, folder, server):
        self.port = free_port()
        words = [gnomon, "capture", "proxy", "--listen", f"127.0.0.1:{self.port}", "--format", "json"]
        words += ["--upstream", f"postgres://127.0.0.1:{server.port}?sslmode=disable", "--out", str(folder / "workload")]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        until_open(self.port)

    def peak_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1000

    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1000

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate()
        return said

    def stop_watched(self):
        """Its last words, and the most memory that it had until then, in megabytes."""
        peak, done = self.peak_mb(), threading.Event()

        def watch():
            nonlocal peak
            while not done.wait(0.05):
                try:
                    peak = max(peak, self.peak_mb())
                except (OSError, IndexError):
                    return

        watching = threading.Thread(target=watch)
        watching.start()
        said = self.stop()
        done.set()
        watching.join()
        return said, peak


def pgbench(port, words, folder):
    """Transactions a second, and the latency of each in microseconds where it is asked for."""
    environment = {**os.environ, "PGPASSWORD": PASSWORD}
    words = [program("pgbench"), "-h", "127.0.0.1", "-p", str(port), "-U", "bench", *words, "postgres"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    rates = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("tps = ")]
    latencies = []
    for log in folder.glob("pgbench_log.*"):
        latencies += [int(line.split()[2]) for line in log.read_text().splitlines()]
        log.unlink()
    return float(rates[0]) if rates else 0.0, latencies


def memory(proxy, folder, millions):
    """What the proxy holds while many statements pass, and one large result."""
    print("| passed | resident | at most |")
    print("|---|---|---|")

    def told(what):
        print(f"| {what} | {proxy.resident_mb():.0f} MB | {proxy.peak_mb():.0f} MB |", flush=True)

    clients = 8
    pgbench(proxy.port, ["-n", "-S", "-M", "prepared", "-c", str(clients), "-t", "1000"], folder)
    told("8,000 statements")
    for tenth in range(1, 11):
        each = millions * 100_000 // clients
        pgbench(proxy.port, ["-n", "-S", "-M", "prepared", "-c", str(clients), "-t", str(each)], folder)
        told(f"{millions * tenth / 10:g} million statements")
    # A row of a thousand bytes.
    query = f"SELECT n, repeat('x', 989) FROM generate_series(1, {millions * 1_000_000}) AS s(n)"
    words = [program("psql"), "-h", "127.0.0.1", "-p", str(proxy.port), "-U", "bench", "-d", "postgres", "-X", "-q"]
    environment = {**os.environ, "PGPASSWORD": PASSWORD}
    words += ["-c", f"COPY ({query}) TO STDOUT"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=environment)
    told(f"{millions} GB by COPY")
    try:
        import psycopg
    except ImportError:
        print("| rows are not measured: psycopg is not installed | | |")
    else:
        # Other clients hold all rows before they give the first.
        connection = psycopg.connect(host="127.0.0.1", port=proxy.port, user="bench", password=PASSWORD, dbname="postgres")
        for _ in connection.cursor().stream(query):
            pass
        connection.close()
        told(f"{millions} GB in rows")
    said, peak = proxy.stop_watched()
    print(f"| the workload made of it | | {peak:.0f} MB |")
    print(said)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gnomon", required=True, help="an executable in the release profile")
    parser.add_argument("--seconds", type=int, default=5, help="of each turn")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--memory", type=int, metavar="MILLIONS", help="show the memory over so many million statements")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gnomon-bench-", dir="/tmp") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        home = folder / "server"
        home.mkdir()
        server = Server(home)
        work = folder / "work"
        work.mkdir()
        pgbench(server.port, ["-i", "-s", "10", "-q"], work)
        bouncer, proxy = Bouncer(folder, server), Proxy(options.gnomon, folder, server)
        if options.memory:
            memory(proxy, work, options.memory)
            server.stop()
            return
        print("| clients | protocol | direct | pgbouncer | gnomon | of pgbouncer |")
        print("|---|---|---|---|---|---|")
        medians = {}
        for clients in options.clients:
            for mode in MODES:
                rates = {"direct": [], "pgbouncer": [], "gnomon": []}
                for _ in range(options.runs):
                    for name, port in (("direct", server.port), ("pgbouncer", bouncer.port), ("gnomon", proxy.port)):
                        if name == "pgbouncer":
                            bouncer.start()
                        words = ["-n", "-S", "-M", mode, "-c", str(clients), "-T", str(options.seconds)]
                        words += ["-l"] if clients == 1 else []
                        rate, latencies = pgbench(port, words, work)
                        rates[name].append(rate)
                        medians.setdefault((mode, name), []).extend(latencies)
                middle = {name: statistics.median(all_of) for name, all_of in rates.items()}
                share = middle["gnomon"] / middle["pgbouncer"]
                cells = " | ".join(f"{middle[name]:,.0f}" for name in rates)
                print(f"| {clients} | {mode} | {cells} | {share:.2f} |", flush=True)
        print("\n| protocol | median latency, direct | pgbouncer adds | gnomon adds |")
        print("|---|---|---|---|")
        for mode in MODES if 1 in options.clients else ():
            middle = {name: statistics.median(medians[mode, name]) for name in ("direct", "pgbouncer", "gnomon")}
            added = [middle[name] - middle["direct"] for name in ("pgbouncer", "gnomon")]
            print(f"| {mode} | {middle['direct']:.0f} µs | {added[0]:.0f} µs | {added[1]:.0f} µs |")
        print(f"\npeak memory of gnomon {proxy.peak_mb():.0f} MB; user {getpass.getuser()}")
        bouncer.stop()
        print(proxy.stop())
        server.stop()


main()
