"""The places of `docs/benchmarks.md` that a run fills."""

import re


def fill(path, name, text):
    """Puts `text` between the marks `<!-- NAME -->` and `<!-- end of NAME -->`."""
    page = path.read_text(encoding="utf-8")
    marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(marks[0])}.*?{re.escape(marks[1])}", re.DOTALL)
    if len(pattern.findall(page)) != 1:
        raise SystemExit(f"peers: {path} has no place `{marks[0]} … {marks[1]}`, or several")
    filled = pattern.sub(lambda _: f"{marks[0]}\n\n{text.strip()}\n\n{marks[1]}", page)
    path.write_text(filled, encoding="utf-8")
