"""The arithmetic of a comparison, and how its figures are written: medians, ratios, tables.

Nothing here runs anything. Shown in tests/scripts/compare_figures_test.py.
"""

from typing import List, NamedTuple, Optional, Sequence


class Spread(NamedTuple):
    """What several rounds came to."""

    median: float
    least: float
    most: float


def median(values: Sequence[float]) -> float:
    """The one in the middle; between two, their mean."""
    if not values:
        raise ValueError("the median of nothing")
    ordered = sorted(values)
    upper = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[upper]
    return (ordered[upper - 1] + ordered[upper]) / 2


def spread(values: Sequence[float]) -> Spread:
    return Spread(median(values), min(values), max(values))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Optional[Spread]:
    """Round by round first, so that what the machine did meanwhile touches both sides alike.

    Nothing: there is no round in which both were measured.
    """
    each = [our / their for our, their in zip(ours, theirs) if their > 0]
    return spread(each) if each else None


# ---- texts


def count_text(number: float) -> str:
    return f"{round(number):,}"


def count_spread_text(of: Spread) -> str:
    return f"{count_text(of.least)}..{count_text(of.most)}" if of.least != of.most else "-"


def ratio_text(of: Optional[Spread]) -> str:
    return f"{of.median:.2f}" if of else "-"


def ratio_spread_text(of: Optional[Spread]) -> str:
    if not of or of.least == of.most:
        return "-"
    return f"{of.least:.2f}..{of.most:.2f}"


def ms_text(nanoseconds: float) -> str:
    return f"{nanoseconds / 1e6:.2f}"


def us_text(nanoseconds: Optional[float]) -> str:
    if nanoseconds is None:
        return "-"
    microseconds = nanoseconds / 1e3
    return f"{microseconds:.1f}" if microseconds < 10 else count_text(microseconds)


def size_text(size: float) -> str:
    if size < 1024:
        return f"{size:.0f} B"
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024 or unit == "GiB":
            return f"{size:.0f} {unit}" if size >= 10 or size == round(size) else f"{size:.1f} {unit}"
    raise AssertionError("not reached")


# ---- tables


class Table:
    """Rows of cells under a header; `left`: the columns of words, all others are numbers."""

    def __init__(self, header: Sequence[str], left: Sequence[int]):
        self.header = list(header)
        self.left = set(left)
        self.rows: List[List[str]] = []

    def add(self, *cells: str) -> None:
        if len(cells) != len(self.header):
            raise ValueError(f"{len(cells)} cells under {len(self.header)} headings")
        self.rows.append([str(cell) for cell in cells])

    def text(self) -> str:
        """For a terminal: columns line up, two spaces between."""
        lines = [[heading.upper() for heading in self.header]] + self.rows
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        out = []
        for line in lines:
            cells = [
                cell.ljust(width) if column in self.left else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths))
            ]
            out.append(("  " + "  ".join(cells)).rstrip() + "\n")
        return "".join(out)

    def markdown(self) -> str:
        marks = ["---" if column in self.left else "---:" for column in range(len(self.header))]
        lines = [self.header, marks] + self.rows
        return "".join("| " + " | ".join(line) + " |\n" for line in lines)
