"""What nothing can beat on this machine, and how far from it the store is."""

import json
import os
import shutil
from typing import Dict, List, NamedTuple, Optional, Tuple

from compare.figures import Table, count_text, us_text
from compare.ours import Quorate
from compare.rounds import Effort, load, require_durability, run_generator, warn_of_others
from compare.world import BIN, PLACE, ProgressLine, busy_percent, command

REPLICAS = 3
KEY_BYTES = 18
VALUE_BYTES = 100


class Floor(NamedTuple):
    """A latency as so many syncs of the disk, and so many round trips in what is left."""

    syncs: float
    round_trips: float


def as_sync_and_round_trips(latency_ns: float, sync_ns: float, round_trip_ns: float) -> Floor:
    """One sync is taken for granted; what is above it is counted in round trips."""
    return Floor(latency_ns / sync_ns, max(0.0, latency_ns - sync_ns) / round_trip_ns)


def rate_of_all_cores(cpu_ns: float, cores: Optional[int] = None) -> float:
    """How many a second, if nothing but this CPU time is spent on each."""
    return (cores or os.cpu_count() or 1) * 1e9 / cpu_ns


def parse_limits(text: str) -> Dict[str, float]:
    pairs = (line.split() for line in text.splitlines() if line.strip())
    return {name: float(value) for name, value in pairs}


def measure_limits(seconds: float) -> Dict[str, float]:
    place = PLACE / "limits"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        return parse_limits(command([BIN / "limits", place, seconds], "limits"))
    finally:
        shutil.rmtree(place, ignore_errors=True)


ASKED = (
    # name, durability, concurrency, arguments
    ("put fsync 1", "fsync", 1, ["--workload", "put", "--w", "2"]),
    ("put fsync 64", "fsync", 64, ["--workload", "put", "--w", "2"]),
    ("put fsync 256", "fsync", 256, ["--workload", "put", "--w", "2"]),
    ("get R=2 1", "fsync", 1, ["--workload", "get", "--r", "2"]),
    ("get R=2 64", "fsync", 64, ["--workload", "get", "--r", "2"]),
    ("get R=1 64", "fsync", 64, ["--workload", "get", "--r", "1"]),
    ("put os 1", "os", 1, ["--workload", "put", "--w", "2"]),
    ("put os 64", "os", 64, ["--workload", "put", "--w", "2"]),
    ("put os 256", "os", 256, ["--workload", "put", "--w", "2"]),
)


def measure_store(effort: Effort, line: ProgressLine) -> Dict[str, dict]:
    figures: Dict[str, dict] = {}
    for durability in ("fsync", "os"):
        store = Quorate(durability)
        try:
            store.start()
            load(store, VALUE_BYTES, effort.keys, True, "loading keys")
            for name, needed, concurrency, arguments in ASKED:
                if needed != durability:
                    continue
                line.show(f"the store: {name} in flight")
                words = [str(BIN / "kvbench"), "run", *store.arguments(), *arguments]
                words += ["--keys", str(effort.keys), "--concurrency", str(concurrency), "--json"]
                words += ["--seconds", str(effort.seconds), "--repetitions", str(effort.rounds)]
                words += ["--warm-up", str(effort.warm_up)]
                said = run_generator(words, name)
                require_durability(said, durability, name)
                figures[name] = said["median"]
        finally:
            store.stop()
    return figures


def limits_table(limits: Dict[str, float]) -> Table:
    table = Table(["limit", "a second", "us", "CPU us each"], left=(0,))
    table.add("disk: append 160 B and fdatasync, p50", "-", us_text(limits["disk_sync_p50_ns"]), "-")
    table.add("disk: the same, p99", "-", us_text(limits["disk_sync_p99_ns"]), "-")

    def add(label: str, name: str, alone: bool) -> None:
        rate = limits[f"{name}_per_second"]
        table.add(label, count_text(rate), us_text(1e9 / rate) if alone else "-", us_text(limits[f"{name}_cpu_ns"]))

    add("RocksDB: puts, 64 in flight, one sync for many", "rocks_synced_put", False)
    add("RocksDB: puts without sync", "rocks_unsynced_put", False)
    add("RocksDB: warm gets", "rocks_warm_get", False)
    for threads, where in (("1", "one thread"), ("2", "two threads")):
        for in_flight in (1, 16, 64):
            label = f"loopback, {where}: requests, {in_flight} in flight on a connection"
            add(label, f"loopback_{threads}_threads_{in_flight}", in_flight == 1)
    return table


def share_text(part: float, whole: float) -> str:
    return f"{part / whole * 100:.0f} %"


def latency_table(limits: Dict[str, float], store: Dict[str, dict]) -> Table:
    """With one in flight: what a request takes, in syncs and round trips."""
    sync = limits["disk_sync_p50_ns"]
    # Client, node and replicas are processes of their own, so a hop wakes another thread.
    round_trip = 1e9 / limits["loopback_2_threads_1_per_second"]
    table = Table(["one in flight", "p50 us", "in syncs", "or 1 sync + round trips", "the least", "times the least"], left=(0, 4))
    rows = (("put W=2, synced", "put fsync 1", 1), ("put W=2, not synced", "put os 1", 0), ("get R=2", "get R=2 1", 0))
    for label, name, syncs in rows:
        latency = store[name]["p50_ns"]
        least = syncs * sync + 2 * round_trip
        if syncs:
            floor = as_sync_and_round_trips(latency, sync, round_trip)
            texts = [f"{floor.syncs:.1f}", f"1 + {floor.round_trips:.1f}", "1 sync + 2 round trips"]
        else:
            texts = ["-", f"0 + {latency / round_trip:.1f}", "2 round trips"]
        table.add(label, us_text(latency), *texts, f"{latency / least:.1f}")
    return table


def rate_table(limits: Dict[str, float], store: Dict[str, dict]) -> Table:
    """Each replica stores each put, so the CPU of three of RocksDB's puts, on all cores, is the least."""
    header = ["many in flight", "ops/s", "the limit", "a second", "share", "CPU us/op", "of them the limit"]
    table = Table(header, left=(0, 2))

    def add(label: str, name: str, limit_label: str, rate: float, cpu_ns: Optional[float]) -> None:
        ours = store[name]
        ops = ours["operations_per_second"]
        cpu = ours["server_cpu_ns_per_operation"]
        share = share_text(cpu_ns, cpu) if cpu and cpu_ns is not None else "-"
        table.add(label, count_text(ops), limit_label, count_text(rate), share_text(ops, rate), us_text(cpu), share)

    for durability, kind, label in (("fsync", "synced", "synced"), ("os", "unsynced", "not synced")):
        cpu = limits[f"rocks_{kind}_put_cpu_ns"]
        rate = rate_of_all_cores(cpu * REPLICAS)
        if kind == "synced":
            rate = min(rate, limits["rocks_synced_put_per_second"])  # or the disk holds them up, side by side
        for in_flight in (64, 256):
            name = f"put {durability} {in_flight}"
            add(f"put W=2, {label}, {in_flight}", name, "3 x RocksDB's put", rate, cpu * REPLICAS)
    for quorum in (1, 2):
        for what, name in (("RocksDB's warm get", "rocks_warm_get"), ("loopback request", "loopback_2_threads_64")):
            cpu = limits[f"{name}_cpu_ns"] * quorum
            add(f"get R={quorum}, 64", f"get R={quorum} 64", f"{quorum} x {what}", rate_of_all_cores(cpu), cpu)
    return table


def bytes_table(store: Dict[str, dict]) -> Table:
    least = REPLICAS * (KEY_BYTES + VALUE_BYTES)
    table = Table(["bytes written by three nodes", "B/op", "keys and values alone", "times"], left=(0,))
    for name in ("put fsync 64", "put fsync 256", "put os 64", "put os 256"):
        written = store[name]["server_written_bytes_per_operation"]
        if written is not None:
            table.add(f"{name} in flight", count_text(written), count_text(least), f"{written / least:.1f}")
    return table


def tables(limits: Dict[str, float], store: Dict[str, dict]) -> List[Tuple[str, Table, str]]:
    return [
        ("what nothing can beat", limits_table(limits), "The store's own options for RocksDB; values of 100 B."),
        (
            "how far the store is: one in flight",
            latency_table(limits, store),
            "A put goes from the client to a node and from there to two others, each of which syncs; both syncs may run side\n"
            "by side. A round trip is one between two threads, as processes have it.",
        ),
        (
            "how far the store is: many in flight",
            rate_table(limits, store),
            "The limit is all cores spending that CPU time and no other; of synced puts at most what one RocksDB syncs. A get of\n"
            "a row that the node has decoded already (node/io/row_cache.h) asks RocksDB nothing, so its limit is loopback.",
        ),
        ("how far the store is: bytes", bytes_table(store), "Logs, tables and compaction together."),
    ]


class Measured(NamedTuple):
    tables: List[Tuple[str, Table, str]]
    others_percent: float
    json: str


def measure(effort: Effort) -> Measured:
    line = ProgressLine()
    line.show("measuring the disk, RocksDB and loopback")
    others = busy_percent()
    limits = measure_limits(effort.seconds)
    others = max(others, busy_percent())
    store = measure_store(effort, line)
    others = max(others, busy_percent())
    line.clear()
    warn_of_others(others)
    return Measured(tables(limits, store), others, json.dumps({"limits": limits, "store": store}))
