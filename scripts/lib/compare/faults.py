"""What a stopped node, or one with a limping disk, costs the quorum operations of the other two.

An open loop at a fixed rate runs over all of it, in windows of a second: some while all is well, then
the fault, then some after the first second. Latency counts from when a request was meant to start,
so that whoever had to wait shows.
"""

import json
import signal
import subprocess
import time
from typing import Callable, List, NamedTuple, Tuple

from compare.figures import Table, count_text, ms_text, ratio_spread_text, ratio_text, ratios, spread
from compare.ours import Quorate
from compare.rounds import Effort, load
from compare.world import BIN, PLACE, ROOT, Failure, ProgressLine

RATE = 2_000
KEYS = 20_000
WARM_UP = 1
# Windows of a second: the fault comes at the end of number 4; 5 is the first second.
BEFORE = range(0, 4)
AFTER = range(6, 10)
WINDOWS = 10
FAULT_AT = WARM_UP + 5 - 0.15
NODE = 3
SLOW_SYNC_MS = 1_000
SLOW_SYNC_FILE = PLACE / "disk-limps"


class Fault(NamedTuple):
    name: str
    title: str
    begin: Callable[[Quorate], None]
    end: Callable[[Quorate], None]


def pause(store: Quorate) -> None:
    store.signal(NODE, signal.SIGSTOP)


def resume(store: Quorate) -> None:
    store.signal(NODE, signal.SIGCONT)


def limp(_: Quorate) -> None:
    SLOW_SYNC_FILE.touch()


def heal(_: Quorate) -> None:
    SLOW_SYNC_FILE.unlink(missing_ok=True)


FAULTS = (
    Fault("paused", "one of three nodes is paused (SIGSTOP)", pause, resume),
    Fault("limping", f"each sync of one node's disk takes {SLOW_SYNC_MS / 1000:g} s longer", limp, heal),
)

ASKED = (("put W=2, synced", ["--workload", "put", "--w", "2"]), ("get R=2", ["--workload", "get", "--r", "2"]))


class Outcome(NamedTuple):
    """Of one run: p99 of each window, in ns."""

    before: List[float]
    after: List[float]
    worst: float  # of everything from the fault on
    failed: int


def run_through(store: Quorate, fault: Fault, asked: List[str]) -> Outcome:
    words = [str(BIN / "kvbench"), "run", *store.arguments(), *asked, "--keys", str(KEYS)]
    words += ["--rate", str(RATE), "--warm-up", str(WARM_UP), "--seconds", "1"]
    words += ["--repetitions", str(WINDOWS), "--json"]
    started = time.monotonic()
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as bench:
        try:
            time.sleep(max(0.0, started + FAULT_AT - time.monotonic()))
            fault.begin(store)
            out, errors = bench.communicate(timeout=60)
        finally:
            fault.end(store)
            if bench.poll() is None:
                bench.kill()
    try:
        said = json.loads(out)
        windows = said["repetitions"]
        each = [window["p99_ns"] for window in windows]
        worst = max(window["max_ns"] for window in windows[FAULT_WINDOW:])
        outcomes = said["outcomes"]
    except (ValueError, KeyError):
        raise Failure(f"kvbench beside a fault: {errors.strip() or out.strip()}") from None
    if len(windows) != WINDOWS or said["cluster"]["durability"] != "fsync":
        raise Failure("kvbench beside a fault: not every window was measured on nodes that sync")
    failed = sum(outcomes[name] for name in ("not_applied", "unknown", "invalid", "unreachable"))
    return Outcome([each[i] for i in BEFORE], [each[i] for i in AFTER], worst, failed)


FAULT_WINDOW = BEFORE.stop


def start_with_slow_disk(store: Quorate) -> None:
    """One node under the library that makes its syncs limp, on demand."""
    heal(store)
    store.start()
    store.script("stop", str(NODE))
    env = {
        "LD_PRELOAD": str(ROOT / "build/release/lib/libslow_sync.so"),
        "SLOW_SYNC_FILE": str(SLOW_SYNC_FILE),
        "SLOW_SYNC_MS": str(SLOW_SYNC_MS),
    }
    store.script("start", str(NODE), env=env)
    store.script("wait")


def measure(fault: Fault, effort: Effort) -> Tuple[str, Table, str]:
    store = Quorate("fsync")
    line = ProgressLine()
    table = Table(
        ["operation", "p99 ms, all up", "p99 ms, then", "then / all up", "from..to", "worst ms", "failed"], left=(0,)
    )
    try:
        start_with_slow_disk(store)
        load(store, 100, KEYS, True, "loading keys")
        for label, asked in ASKED:
            outcomes = []
            for number in range(effort.rounds):
                line.show(f"{fault.title}: {label}, round {number + 1} of {effort.rounds}")
                outcomes.append(run_through(store, fault, asked))
                store.script("wait")
            line.clear()
            before = [spread(one.before).median for one in outcomes]
            after = [spread(one.after).median for one in outcomes]
            ratio = ratios(after, before)
            table.add(
                label,
                ms_text(spread(before).median),
                ms_text(spread(after).median),
                ratio_text(ratio),
                ratio_spread_text(ratio),
                ms_text(max(one.worst for one in outcomes)),
                count_text(sum(one.failed for one in outcomes)),
            )
    finally:
        store.stop()
        heal(store)
    note = (
        f"An open loop of {RATE:,} operations a second, values of 100 B. p99 of windows of a second: {len(BEFORE)} before,\n"
        f"{len(AFTER)} from a second after the fault on, medians of {effort.rounds} rounds. Worst: any request since the fault."
    )
    return fault.title, table, note
