"""The tables of a comparison: every store's figures, then only the ratios."""

from typing import List, Optional

from compare.figures import (
    Spread,
    Table,
    count_spread_text,
    count_text,
    ms_text,
    ratio_spread_text,
    ratio_text,
    ratios,
    size_text,
    spread,
    us_text,
)
from compare.rounds import Results
from compare.works import Cell, Work

# Above this share of a core the generator may be what limits a rate.
BUSY_PERCENT = 80


def figures_of(said: List[dict], name: str) -> Optional[Spread]:
    values = [one["median"][name] for one in said]
    return None if any(value is None for value in values) else spread(values)


def rate_ratio(results: Results, ours: Cell, theirs: Cell) -> Optional[Spread]:
    def rates(cell: Cell) -> List[float]:
        return [one["median"]["operations_per_second"] for one in results.get(cell, [])]

    return ratios(rates(ours), rates(theirs))


def of_work(results: Results, work: Work) -> List[Cell]:
    return [cell for cell in results if cell.work.name == work.name]


def our_cell(results: Results, cell: Cell) -> Cell:
    return next(
        one
        for one in of_work(results, cell.work)
        if one.contestant.key == "quorate"
        and (one.value_bytes, one.concurrency) == (cell.value_bytes, cell.concurrency)
    )


def in_order(cells: List[Cell]) -> List[Cell]:
    return sorted(
        cells,
        key=lambda cell: (cell.value_bytes, cell.concurrency, cell.work.contestants.index(cell.contestant)),
    )


def work_table(results: Results, work: Work) -> Table:
    header = ["value", "in flight", "store", "durability", "ops/s", "from..to", "p50 ms", "p99 ms"]
    header += ["CPU us/op", "written B/op", "ours / it", "from..to"]
    table = Table(header, left=(2, 3))
    before = None
    for cell in in_order(of_work(results, work)):
        said = results[cell]
        rate = figures_of(said, "operations_per_second")
        cpu = figures_of(said, "server_cpu_ns_per_operation")
        written = figures_of(said, "server_written_bytes_per_operation")
        busy = figures_of(said, "own_cpu_percent_of_a_core").most >= BUSY_PERCENT
        ratio = None if cell.contestant.key == "quorate" else rate_ratio(results, our_cell(results, cell), cell)
        place = (cell.value_bytes, cell.concurrency)
        table.add(
            size_text(cell.value_bytes) if place != before else "",
            str(cell.concurrency) if place != before else "",
            cell.contestant.label,
            cell.contestant.durability,
            count_text(rate.median) + ("*" if busy else ""),
            count_spread_text(rate),
            ms_text(figures_of(said, "p50_ns").median),
            ms_text(figures_of(said, "p99_ns").median),
            us_text(cpu.median if cpu else None),
            count_text(written.median) if written else "-",
            ratio_text(ratio),
            ratio_spread_text(ratio),
        )
        before = place
    return table


def ratio_table(results: Results, works: List[Work]) -> Table:
    """One line for each work, value and number in flight: our rate by each other's."""
    peers = ["etcd", "redis", "redis-shared"]
    header = ["work", "value", "in flight", "ours, ops/s", "/ etcd", "/ redis", "/ redis, batched"]
    table = Table(header, left=(0,))
    for work in works:
        cells = of_work(results, work)
        for ours in in_order([cell for cell in cells if cell.contestant.key == "quorate"]):
            texts = []
            for peer in peers:
                theirs = [
                    cell
                    for cell in cells
                    if cell.contestant.key == peer
                    and (cell.value_bytes, cell.concurrency) == (ours.value_bytes, ours.concurrency)
                ]
                texts.append(ratio_text(rate_ratio(results, ours, theirs[0]) if theirs else None))
            rate = figures_of(results[ours], "operations_per_second").median
            table.add(work.name, size_text(ours.value_bytes), str(ours.concurrency), count_text(rate), *texts)
    return table


def any_busy(results: Results) -> bool:
    return any(
        figures_of(said, "own_cpu_percent_of_a_core").most >= BUSY_PERCENT for said in results.values()
    )


BUSY_NOTE = (
    f"* the load generator used {BUSY_PERCENT} % of a core or more in a round and may be what limits the rate"
)


def to_json(results: Results) -> list:
    return [
        {
            "work": cell.work.name,
            "store": cell.contestant.key,
            "durability": cell.contestant.durability,
            "value_bytes": cell.value_bytes,
            "concurrency": cell.concurrency,
            "rounds": [{**one["median"], "version": one["cluster"]["nodes"][0]["version"]} for one in said],
        }
        for cell, said in results.items()
    ]


def aspects_json(aspects: list) -> list:
    return [
        {"title": title, "rows": [dict(zip(table.header, row)) for row in table.rows]} for title, table, _ in aspects
    ]
