"""Measures the cells of a comparison, in alternating rounds.

Only one store's servers run at a time: each is started for its turn and ended after it, because an
idle etcd or a paused one that wakes up would cost the others. In a round every store has one turn
in every group of works; who begins changes from round to round.
"""

import json
import subprocess
from typing import Callable, Dict, List, NamedTuple

from compare.world import BIN, ROOT, Failure, ProgressLine, busy_percent, note
from compare.works import STORES, SYNCED, Cell


class Effort(NamedTuple):
    rounds: int
    seconds: float
    warm_up: float
    keys: int


# cell -> what each round's generator said
Results = Dict[Cell, List[dict]]

# More than this of the cores in use before anything of ours runs: others measure with us. A compiler
# on each core makes a disk sync of 70 us take 4 ms, the kernel's tick, for whoever wakes up.
OTHERS_PERCENT_MAX = 15


def generator(cell: Cell, store, effort: Effort) -> List[str]:
    ours = cell.contestant.key == "quorate"
    words = [str(BIN / ("kvbench" if ours else "peerbench")), "run", *store.arguments()]
    words += ["--workload", cell.work.workload, "--value-bytes", str(cell.value_bytes)]
    words += ["--concurrency", str(cell.concurrency), "--keys", str(effort.keys)]
    words += ["--warm-up", str(effort.warm_up), "--seconds", str(effort.seconds)]
    words += ["--repetitions", "1", "--json", *cell.contestant.arguments]
    if cell.contestant.connections:
        words += ["--connections", str(cell.connections())]
    return words


def run_generator(words: List[str], what: str) -> dict:
    done = subprocess.run(
        words, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    try:
        said = json.loads(done.stdout)
        failed = sum(said["outcomes"][name] for name in ("not_applied", "unknown", "invalid", "unreachable"))
    except (ValueError, KeyError):
        raise Failure(f"{what}: {done.stderr.strip() or done.stdout.strip()}") from None
    if failed > 0 or done.returncode != 0:
        example = said["outcomes"].get("example", done.stderr.strip())
        raise Failure(f"{what}: {failed} operations failed, for example: {example}")
    return said


def require_durability(said: dict, expected: str, what: str) -> None:
    """Nothing is shown as synced that was not, by every server's own word."""
    cluster = said["cluster"]
    each = [node["durability"] for node in cluster["nodes"]]
    if cluster["nodes_silent"] == 0 and len(each) == 3 and each == [expected] * 3:
        return
    synced = "refusing to call this synced: " if expected in SYNCED else ""
    raise Failure(f"{what}: {synced}the servers say {', '.join(each)}, and not three times {expected}")


def load(store, size: int, keys: int, ours: bool, what: str) -> None:
    words = [str(BIN / ("kvbench" if ours else "peerbench")), "load", *store.arguments()]
    words += ["--keys", str(keys), "--value-bytes", str(size), "--concurrency", "256", "--json"]
    if not ours:
        words += ["--connections", "1"]
    run_generator(words, what)


def measure_turn(store_name: str, cells: List[Cell], effort: Effort, results: Results, on_cell: Callable) -> None:
    store = STORES[store_name]()
    loaded = 0
    try:
        store.start()
        for cell in sorted(cells, key=lambda one: one.value_bytes):
            on_cell(cell)
            what = f"{cell.work.name}, {cell.contestant.label}, {cell.concurrency} in flight"
            if cell.work.workload == "get" and loaded != cell.value_bytes:
                load(store, cell.value_bytes, effort.keys, cell.contestant.key == "quorate", what)
                loaded = cell.value_bytes
            said = run_generator(generator(cell, store, effort), what)
            require_durability(said, cell.contestant.durability, what)
            results.setdefault(cell, []).append(said)
    finally:
        store.stop()


class Measured(NamedTuple):
    results: Results
    others_percent: float  # of all cores, used by others between the turns, at most


def measure(cells: List[Cell], effort: Effort) -> Measured:
    results: Results = {}
    line = ProgressLine()
    others = 0.0
    all_cells = len(cells) * effort.rounds
    done = 0

    def on_cell(cell: Cell) -> None:
        nonlocal done
        line.show(
            f"round {number + 1} of {effort.rounds}, {done * 100 // all_cells}%: {cell.work.name}, "
            f"{cell.contestant.label}, {cell.value_bytes} B, {cell.concurrency} in flight"
        )
        done += 1

    for number in range(effort.rounds):
        for group in dict.fromkeys(cell.work.group for cell in cells):
            turns: Dict[str, List[Cell]] = {}
            for cell in cells:
                if cell.work.group == group:
                    turns.setdefault(cell.contestant.store, []).append(cell)
            names = list(turns)
            first = number % len(names)
            for name in names[first:] + names[:first]:
                others = max(others, busy_percent())
                measure_turn(name, turns[name], effort, results, on_cell)
    line.clear()
    warn_of_others(others)
    return Measured(results, others)


def warn_of_others(percent: float) -> None:
    if percent > OTHERS_PERCENT_MAX:
        note(f"warning: {others_text(percent)}: repeat this on a quiet machine before believing it")


def others_text(percent: float) -> str:
    return f"between the turns other processes used up to {percent:.0f} % of the cores"
