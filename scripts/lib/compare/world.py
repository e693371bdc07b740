"""This machine, as the scripts see it: paths, messages, processes, ports."""

import fcntl
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from typing import Dict, List, Optional, Sequence, TextIO

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = ROOT / "build/release/bin"
PLACE = ROOT / ".compare"  # all that the peers have, and what they write

STOP_SECONDS_MAX = 10


class Failure(Exception):
    """Something went wrong in the world; the message says what, and the next step (exit code 1)."""


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def only_one_at_a_time() -> TextIO:
    """Holds a lock for as long as what it gives back is open."""
    PLACE.mkdir(exist_ok=True)
    lock = (PLACE / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failure("another scripts/compare or scripts/profile runs here; two at once would measure each other") from None
    return lock


class ProgressLine:
    """One line that is written over and over, on a terminal only."""

    def __init__(self) -> None:
        self.wanted = sys.stderr.isatty()
        self.shown = False

    def show(self, text: str) -> None:
        if self.wanted:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
            self.shown = True

    def clear(self) -> None:
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self.shown = False


def command(words: Sequence[object], what: str, env: Optional[Dict[str, str]] = None) -> str:
    """Runs it to its end and gives back what it wrote to stdout."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"{what} (exit code {done.returncode}):\n{done.stderr.strip()}")
    return done.stdout


def free_ports(count: int) -> List[int]:
    """Ports that nobody listens on just now, all different."""
    held = []
    try:
        for _ in range(count):
            one = socket.socket()
            one.bind(("127.0.0.1", 0))
            held.append(one)
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def busy_percent(seconds: float = 0.3) -> float:
    """What is in use of all cores together, now, while nothing of ours runs."""

    def ticks() -> List[int]:
        return [int(field) for field in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]]

    before = ticks()
    time.sleep(seconds)
    passed = [now - then for now, then in zip(ticks(), before)]
    idle = passed[3] + passed[4]  # and waiting for a disk
    return 100 * (1 - idle / max(1, sum(passed)))


class Server:
    """A process that we started, in a session of its own: ^C reaches us, and we end it."""

    def __init__(self, words: Sequence[object], directory: pathlib.Path, env: Dict[str, str]):
        directory.mkdir(parents=True, exist_ok=True)
        self.log = directory / "log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in words],
                cwd=directory,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join("  " + line for line in lines[-10:])


def stop_all(servers: Sequence[Server]) -> None:
    for server in servers:
        if not server.ended():
            server.process.send_signal(signal.SIGTERM)
    for server in servers:
        try:
            server.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


def wait_until(ready, servers: Sequence[Server], what: str, seconds: float = 30) -> None:
    """Asks until it is so; at once when a server has ended."""
    deadline = time.monotonic() + seconds
    while not ready():
        for server in servers:
            if server.ended():
                raise Failure(f"{what}: a server ended by itself. Its log ends:\n{server.last_words()}")
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds:.0f} s. A log ends:\n{servers[0].last_words()}")
        time.sleep(0.05)
