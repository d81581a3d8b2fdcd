"""The results as tables: Markdown, which is read well in a terminal too."""


def megabytes(count):
    return f"{count / 1e6:,.0f}"


def seconds(value):
    return f"{value:.2f}"


def table(head, rows):
    """A Markdown table whose columns stand one below the other."""
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]

    def line(cells):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"

    return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def of_case(case, results):
    """A row for each program."""
    ours = results[0].seconds
    rows = []
    for place, result in enumerate(results):
        name = case.name if place == 0 else ""
        bad = result.bad
        if bad:
            said = f"**wrong: {bad.wrong}**" if bad.wrong else bad.failed
            rows.append([name, result.tool.name, said, "–", "–", "–"])
            continue
        ratio = f"{result.seconds / ours:.2f}" if ours else "–"
        rows.append(
            [
                name,
                result.tool.name,
                seconds(result.seconds),
                ratio,
                seconds(result.median("cpu_seconds")),
                megabytes(result.median("peak_bytes")),
            ]
        )
    return rows


def of_cases(cases):
    """All programs of all cases."""
    head = ["case", "program", "wall s", "of ours", "CPU s", "peak MB"]
    return table(head, [row for case, results in cases for row in of_case(case, results)])


def of_targets(cases):
    """Ours beside its targets, and beside the best SQL of DuckDB."""
    rows = []
    for case, results in cases:
        ours = results[0]
        if ours.bad:
            continue
        peers = [result.seconds for result in results if result.tool.module == "duckdb_sql" and not result.bad]
        exact = [result.seconds for result in results if result.tool.exact and not result.bad]
        memory = ours.median("peak_bytes")
        targets = []
        if case.seconds_most:
            targets.append((f"≤ {case.seconds_most:.1f} s", ours.seconds <= case.seconds_most))
        if case.bytes_most:
            targets.append((f"≤ {megabytes(case.bytes_most)} MB", memory <= case.bytes_most))
        if exact:
            targets.append(("≤ 1.3 × exact", ours.seconds <= 1.3 * exact[0]))
        if peers:
            targets.append(("≤ DuckDB's best", ours.seconds <= min(peers)))
        for name, kept in targets:
            wall = f"{seconds(ours.seconds)} s, {megabytes(memory)} MB"
            rest = f"{seconds(min(peers))} s" if peers else "–"
            rows.append([case.name, name, wall, rest, "yes" if kept else "**no**"])
    return table(["case", "target", "ours", "DuckDB's best", "kept"], rows)


def of_growth(series):
    """Time by rows, and by row."""
    rows = [
        [
            name,
            f"{point.rows:,}",
            seconds(point.seconds),
            f"{point.seconds / point.rows * 1e9:.0f}",
            seconds(point.cpu_seconds),
            megabytes(point.peak_bytes),
        ]
        for name, points in series.items()
        for point in points
    ]
    return table(["what", "rows a side", "wall s", "ns a row", "CPU s", "peak MB"], rows)


def of_machine(machine, rows, runs):
    """One sentence about where the figures come from."""
    memory = f"{machine['memory_bytes'] / 2**30:.0f} GiB" if machine["memory_bytes"] else "unknown memory"
    peers = ", ".join(peer.replace("==", " ") for peer in machine["peers"])
    return (
        f"{rows:,} rows a side, medians of {runs} runs that take turns, on {machine['cores']} cores ({machine['processor']}), "
        f"{memory}, {machine['system']}; {machine['gnomon']}; {peers}; Python {machine['python']}."
    )
