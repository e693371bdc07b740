"""The pages that a run leaves in papers/benchmarks."""

import os
import pathlib
import platform
import shlex
import subprocess
import sys
import time
from typing import List

from compare import report
from compare.rounds import Effort, Measured, Results, others_text
from compare.works import SHARED_CONNECTIONS, Work
from compare.world import ROOT


def machine() -> str:
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}"


def revision() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def command_line() -> str:
    return shlex.join(["scripts/compare", *sys.argv[1:]])


def heading(title: str) -> str:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return (
        f"# {title}\n\n"
        f"Written by `{command_line()}` on {today}, revision {revision()}, on {machine()}.\n"
        "All servers and the load generator shared these cores and one disk, so what counts is the ratios within\n"
        "one run, and CPU time.\n"
    )


def capital(title: str) -> str:
    return title[0].upper() + title[1:]


def versions(results: Results) -> str:
    found = {}
    for cell, said in results.items():
        name = cell.contestant.store.split("-")[0]
        found[name] = said[0]["cluster"]["nodes"][0]["version"]
    return ", ".join(f"{name} {version}" for name, version in found.items())


def how(effort: Effort) -> str:
    shared = "; ".join(f"{count} at {flight}" for flight, count in SHARED_CONNECTIONS.items())
    return (
        f"Medians of {effort.rounds} rounds of {effort.seconds:g} s after {effort.warm_up:g} s of warm-up, with where they\n"
        f"spread; {effort.keys:,} keys, uniform. Ratios are taken within each round, then their median. Only one store's\n"
        "servers run at a time; each starts with no data in every round, and who begins changes. CPU is that of all three\n"
        "servers together. All are driven by the same closed loop (client/kvbench/driver.h).\n\n"
        "* quorate: three nodes, N=3, one connection to each.\n"
        "* etcd: three servers, one HTTP/2 connection, to the leader: faster than all three in turn, or more connections.\n"
        "* redis: a primary with two replicas. A put is a SET and a WAIT 1, done when WAIT told of a replica. WAIT holds up\n"
        "  its connection, so there are two ways to have many in flight, and both are shown: a connection for each request\n"
        f"  in flight, or few connections ({shared} in flight) on which many SETs stand before one WAIT (batched) and\n"
        "  many GETs are sent at once (pipelined): [peer-clients.md](peer-clients.md).\n"
    )


def write_comparison(
    out: pathlib.Path, measured: Measured, works: List[Work], effort: Effort, aspects: List[tuple]
) -> None:
    results = measured.results
    parts = [heading("Beside etcd and Redis")]
    if works:
        parts += ["\n", versions(results), "; ", others_text(measured.others_percent), ".\n\n", how(effort)]
        parts += ["\n## Ours by theirs\n\n", report.ratio_table(results, works).markdown()]
    for work in works:
        parts += [f"\n## {capital(work.title)}\n\n", report.work_table(results, work).markdown()]
    if report.any_busy(results):
        parts.append("\n\\" + report.BUSY_NOTE + ".\n")
    out.write_text("".join(parts) + sections(aspects))


def write_limits(out: pathlib.Path, aspects: List[tuple], effort: Effort, others_percent: float) -> None:
    how_long = (
        f"\nThe limits were measured for {effort.seconds:g} s each, the store as the median of {effort.rounds} times\n"
        f"{effort.seconds:g} s: three nodes, N=3, values of 100 B; {others_text(others_percent)}.\n"
    )
    out.write_text(heading("What nothing can beat") + how_long + sections(aspects))


def sections(aspects: List[tuple]) -> str:
    return "".join(
        f"\n## {capital(title)}\n\n{table.markdown()}\n{remark}\n" for title, table, remark in aspects
    )
