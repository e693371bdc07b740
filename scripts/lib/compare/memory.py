"""What a node holds in memory with a million keys, and how it reads what its cache cannot hold."""

import pathlib
import re
import time
from typing import Dict, List, Tuple

from compare.figures import Table, count_text, ms_text, size_text, us_text
from compare.ours import Quorate
from compare.rounds import Effort, run_generator
from compare.world import BIN, ROOT, ProgressLine

KEYS = 1_000_000
LARGE_KEYS = 500_000
LARGE_BYTES = 1_024
FEW_KEYS = 20_000
RESIDENT_BYTES_MAX = 300 << 20
IDLE_SECONDS_MAX = 60


def caches() -> Dict[str, int]:
    """By the names of the store's options, which hold for every node: there is no setting for them."""
    options = (ROOT / "node/io/rocks_store.h").read_text()
    return {name: int(mib) << 20 for name, mib in re.findall(r"(\w*cache_bytes) = (\d+)u? << 20", options)}


def caches_text() -> str:
    each = " and ".join(f"{name} of {size_text(size)}" for name, size in caches().items())
    return each or "those of node/io/rocks_store.h"


def resident_bytes(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def cpu_ticks(pids: List[int]) -> int:
    def of(pid: int) -> int:
        # The name in parentheses may hold anything; what follows is regular.
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    return sum(of(pid) for pid in pids)


def await_idle(pids: List[int]) -> None:
    """Until all together use less than a twentieth of a core, for two seconds."""
    deadline = time.monotonic() + IDLE_SECONDS_MAX
    before = cpu_ticks(pids)
    while time.monotonic() < deadline:
        time.sleep(2)
        now = cpu_ticks(pids)
        if now - before < 10:
            return
        before = now


def load_keys(store: Quorate, keys: int, value_bytes: int) -> None:
    words = [str(BIN / "kvbench"), "load", *store.arguments(), "--keys", str(keys)]
    words += ["--value-bytes", str(value_bytes), "--concurrency", "256", "--json"]
    run_generator(words, f"loading {keys} keys")


def gets(store: Quorate, effort: Effort, table: Table) -> None:
    for quorum in ("2", "1"):
        for keys in (FEW_KEYS, LARGE_KEYS):
            words = [str(BIN / "kvbench"), "run", *store.arguments(), "--workload", "get", "--r", quorum]
            words += ["--keys", str(keys), "--value-bytes", str(LARGE_BYTES)]
            words += ["--seconds", str(effort.seconds), "--repetitions", str(effort.rounds)]
            median = run_generator([*words, "--json"], "gets of more than the cache holds")["median"]
            table.add(
                f"get R={quorum}, 64 in flight",
                count_text(keys),
                count_text(median["operations_per_second"]),
                ms_text(median["p50_ns"]),
                ms_text(median["p99_ns"]),
                us_text(median["server_cpu_ns_per_operation"]),
            )


def measure(effort: Effort) -> List[Tuple[str, Table, str]]:
    store = Quorate("fsync")
    line = ProgressLine()
    header = ["node", "keys, about", "on disk", "resident, idle", f"below {size_text(RESIDENT_BYTES_MAX)}"]
    memory = Table([*header, "resident after the gets below"], left=(4,))
    reads = Table(["operation", "keys", "ops/s", "p50 ms", "p99 ms", "CPU us/op"], left=(0,))
    try:
        store.start()
        line.show("loading a million keys of 100 B")
        load_keys(store, KEYS, 100)
        nodes = store.status()
        line.show("waiting until the nodes are idle")
        await_idle([node["pid"] for node in nodes])
        nodes = store.status()
        idle = [resident_bytes(node["pid"]) for node in nodes]
        line.show("loading and reading more than the caches hold")
        load_keys(store, LARGE_KEYS, LARGE_BYTES)
        gets(store, effort, reads)
        for node, resident in zip(nodes, idle):
            memory.add(
                str(node["node"]),
                count_text(node["keys_estimate"]),
                size_text(node["disk_bytes"]),
                size_text(resident),
                "yes" if resident < RESIDENT_BYTES_MAX else "NO",
                size_text(resident_bytes(node["pid"])),
            )
    finally:
        line.clear()
        store.stop()
    return [
        (
            "memory of an idle node after a million keys of 100 B were loaded",
            memory,
            f"The caches have their default sizes: {caches_text()}.",
        ),
        (
            "gets of more than the caches hold",
            reads,
            f"The same nodes, {LARGE_KEYS:,} of the keys with values of {size_text(LARGE_BYTES)}:"
            f" {size_text(LARGE_KEYS * LARGE_BYTES)} a node beside caches of\n"
            f"{size_text(sum(caches().values()))}, and {FEW_KEYS:,} of them, which fit. What the caches do not hold may still be"
            " in the kernel's.",
        ),
    ]
