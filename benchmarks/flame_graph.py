"""Draws sampled stacks as a flame graph: an SVG without scripts, small enough to be kept beside the figures it explains.

A frame's colour says whose work it is, as in ``benchmarks.workers``; the legend gives the share of the samples in which that
worker was at it itself. What a compiled function did (encoding BSON, a signature) counts for the Python function that called it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from benchmarks.workers import WORKERS, worker

_WIDTH, _ROW, _MARGIN = 1200, 16, 10
_NARROWEST = 1.0  # pixels: what is narrower is not drawn
_LETTER = 6.2  # pixels
_OTHER = "other"
_COLOURS = {name: place * 360 // len(WORKERS) for place, (name, _) in enumerate(WORKERS)}
_LOOP = "run (asyncio/runners.py"
"""What stands above it is how the server was started: the same in every sample."""
_IDLE = "_worker (concurrent/futures/thread.py"
"""A thread that waits for work, though it seems busy from outside."""


@dataclass(slots=True)
class Frame:
    """A function in one place of the stack: samples in which it was there, and whom it had called then."""

    name: str
    samples: int = 0
    called: "dict[str, Frame]" = field(default_factory=dict)

    @property
    def worker(self) -> str:
        file = self.name.rpartition("(")[2].partition(":")[0]
        return worker(f"/{file}") or _OTHER


def graph_of(collapsed: str) -> Frame:
    """From lines of ``outermost;...;innermost COUNT``."""
    root = Frame("all")
    for line in collapsed.splitlines():
        stack, _, count = line.rpartition(" ")
        names = stack.split(";")
        if names[-1].startswith(_IDLE):
            continue
        start = next((place + 1 for place, name in enumerate(names) if _LOOP in name), 0)
        root.samples += int(count)
        frame = root
        for name in names[start:]:
            frame = frame.called.setdefault(name, Frame(name))
            frame.samples += int(count)
    return root


def own_shares(root: Frame) -> dict[str, float]:
    """By worker, the greatest first: the share of samples in which it was the innermost."""
    counted: Counter[str] = Counter()
    waiting = [root]
    while waiting:
        frame = waiting.pop()
        counted[frame.worker] += frame.samples - sum(inner.samples for inner in frame.called.values())
        waiting += frame.called.values()
    return {name: count / root.samples for name, count in counted.most_common() if count}


def drawing(root: Frame, title: str) -> str:
    """The SVG's text. The widest caller stands first in its row."""
    shares = own_shares(root)
    top = _MARGIN + _ROW * (len(shares) + 2)
    shapes, lowest = [], top
    for frame, left, width, y in _places(root, _MARGIN, _WIDTH - 2 * _MARGIN, top):
        lowest = max(lowest, y)
        shapes.append(_shape(frame, left, width, y, root.samples))
    legend = [
        f'<rect x="{_MARGIN}" y="{_MARGIN + _ROW * (row + 1)}" width="12" height="12" fill="{_colour(name)}"/>'
        f'<text x="{_MARGIN + 18}" y="{_MARGIN + _ROW * (row + 1) + 11}">{share:.1%} {escape(name)}</text>'
        for row, (name, share) in enumerate(shares.items())
    ]
    size = f'width="{_WIDTH}" height="{lowest + _ROW + _MARGIN}"'
    heading = f'<text x="{_MARGIN}" y="{_MARGIN + 8}" font-weight="bold">{escape(title)}, {root.samples} samples</text>'
    style = '<rect width="100%" height="100%" fill="#fff"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="monospace" font-size="10">'
    return "\n".join([head, style, heading, *legend, *shapes, "</svg>", ""])


def _places(frame: Frame, left: float, width: float, y: int) -> Iterator[tuple[Frame, float, float, int]]:
    yield frame, left, width, y
    for inner in sorted(frame.called.values(), key=lambda each: -each.samples):
        part = width * inner.samples / frame.samples
        if part >= _NARROWEST:
            yield from _places(inner, left, part, y + _ROW)
        left += part


def _shape(frame: Frame, left: float, width: float, y: int, samples: int) -> str:
    told = escape(f"{frame.name}: {frame.samples / samples:.1%}")
    fits = int((width - 4) / _LETTER)
    text = escape(frame.name[:fits]) if fits >= 3 else ""
    written = f'<text x="{left + 2:.1f}" y="{y + 11}">{text}</text>' if text else ""
    box = f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="{_ROW - 1}" fill="{_colour(frame.worker)}"/>'
    return f"<g><title>{told}</title>{box}{written}</g>"


def _colour(name: str) -> str:
    return "#ddd" if name == _OTHER else f"hsl({_COLOURS[name]},70%,75%)"
