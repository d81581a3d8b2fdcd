"""The virtual environment of the peers, with pinned versions, and facts of the machine."""

import os
import pathlib
import platform
import subprocess
import sys
import venv

PINNED = ("duckdb==1.5.5", "polars==1.33.1", "datacompy==1.1.0", "pandas==3.0.6", "pyarrow==26.0.1")
"""The peers; pandas and pyarrow are what datacompy needs beside polars."""


def python(folder):
    """The interpreter of the environment in `folder`, which is made where it is not there."""
    home = pathlib.Path(folder) / "environment"
    program = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = "\n".join(PINNED)
    mark = home / "pinned.txt"
    if not mark.exists() or mark.read_text() != wanted:
        print("peers: making their environment", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([program, "-m", "pip", "install", "--quiet", *PINNED], check=True)
        mark.write_text(wanted)
    return program


def gnomon(root):
    """Builds our program and gives its path."""
    subprocess.run(["cargo", "build", "--release", "-p", "cli"], cwd=root, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))
    return root / target / "release" / ("gnomon.exe" if os.name == "nt" else "gnomon")


def machine(program):
    """What the figures were measured on."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cores": cores,
        "processor": field("/proc/cpuinfo", "model name") or platform.processor(),
        "memory_bytes": memory_bytes(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "gnomon": version,
        "peers": list(PINNED),
    }


def memory_bytes():
    """All memory of the machine, where the system tells."""
    total = field("/proc/meminfo", "MemTotal")
    return int(total.split()[0]) * 1024 if total else None


def field(path, name):
    """The first value of a name in a file of `name: value`."""
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                key, _, value = line.partition(":")
                if key.strip() == name:
                    return value.strip()
    except OSError:
        pass
    return None
