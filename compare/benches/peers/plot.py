"""A plot as SVG: time over rows, both in powers of ten, readable in light and dark."""

import math
from html import escape

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 56, 56
STYLE = """
  .ink { fill: #24292f } .grid { stroke: #d0d7de } .even { stroke: #6e7781 }
  .s0 { stroke: #0969da; fill: #0969da } .s1 { stroke: #bc4c00; fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    .ink { fill: #e6edf3 } .grid { stroke: #30363d } .even { stroke: #8b949e }
    .s0 { stroke: #58a6ff; fill: #58a6ff } .s1 { stroke: #f0883e; fill: #f0883e }
  }
  text { font: 13px system-ui, sans-serif; stroke: none } .line { fill: none; stroke-width: 2 }
"""


class Scale:
    """From a value to a place, by its logarithm; ends are powers of ten around the values."""

    def __init__(self, values, first, last):
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(self.low + 1, math.ceil(math.log10(max(values)) - 1e-9))
        self.first, self.last = first, last

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def shown(value):
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def growth(series):
    """The plot of series of points, each a line; beside each a line of constant time a row."""
    points = [point for own in series.values() for point in own]
    across = Scale([point.rows for point in points], LEFT, WIDTH - RIGHT)
    up = Scale([point.seconds for point in points], HEIGHT - BOTTOM, TOP)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Wall time of comparing two files over their rows</title>",
        f"<style>{STYLE}</style>",
    ]
    for tick in across.ticks():
        x = across.at(tick)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        out.append(
            f'<text class="ink" x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{shown(tick)}</text>'
        )
    for tick in up.ticks():
        y = up.at(tick)
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(f'<text class="ink" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{shown(tick)} s</text>')
    out.append(
        f'<text class="ink" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">rows of each file</text>'
    )
    for number, (name, own) in enumerate(series.items()):
        if not own:
            continue
        first, last = own[0], own[-1]
        even = first.seconds / first.rows * last.rows
        out.append(
            f'<line class="even" stroke-dasharray="5 4" x1="{across.at(first.rows):.1f}" y1="{up.at(first.seconds):.1f}" '
            f'x2="{across.at(last.rows):.1f}" y2="{up.at(even):.1f}"/>'
        )
        places = [(across.at(point.rows), up.at(point.seconds)) for point in own]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline class="line s{number % 2}" style="fill: none" points="{line}"/>')
        out.extend(f'<circle class="s{number % 2}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in places)
        y = 20 + 16 * number
        out.append(f'<circle class="s{number % 2}" cx="{LEFT + 6}" cy="{y - 4}" r="4"/>')
        out.append(f'<text class="ink" x="{LEFT + 16}" y="{y}">{escape(name)}</text>')
    out.append(f'<line class="even" stroke-dasharray="5 4" x1="{WIDTH - 250}" x2="{WIDTH - 222}" y1="16" y2="16"/>')
    out.append(f'<text class="ink" x="{WIDTH - 214}" y="20">as much a row as at the fewest</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"
