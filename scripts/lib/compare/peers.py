"""etcd and Redis: where their programs come from, and three servers of each on free ports.

The programs are Debian's. Where they are not installed, their packages are only unpacked, into
.compare/programs: nothing is configured, no service is made or started, and a service that the
machine already runs is left alone.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from typing import Dict, List

from compare.world import PLACE, Failure, Server, command, free_ports, note, stop_all, wait_until

PROGRAMS = PLACE / "programs"
PACKAGES = {"etcd": "etcd-server", "redis-server": "redis-server"}


def program(name: str) -> str:
    unpacked = PROGRAMS / "usr/bin" / name
    return str(unpacked) if unpacked.exists() else (shutil.which(name) or "")


def environment() -> Dict[str, str]:
    """The libraries that were unpacked with the programs."""
    own = [str(path) for path in sorted((PROGRAMS / "usr/lib").glob("*-linux-gnu*"))]
    before = os.environ.get("LD_LIBRARY_PATH", "")
    return {"LD_LIBRARY_PATH": ":".join(own + ([before] if before else []))} if own else {}


def unpack_what_is_missing() -> None:
    missing = [package for name, package in PACKAGES.items() if not program(name)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Failure(
            "this needs Debian's apt-get, which is not here. Install by other means: " + " ".join(missing)
        )
    note("fetching Debian packages, to unpack them in .compare: " + " ".join(missing))
    try:
        plan = simulate(missing)
    except Failure:
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        command([*as_root, "apt-get", "-q", "update"], "apt-get update failed")
        plan = simulate(missing)
    downloads = PLACE / "packages"
    downloads.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["apt-get", "-q", "download", *plan], cwd=downloads, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Failure(f"apt-get could not fetch {' '.join(plan)}:\n{done.stderr.strip()}")
    for package in sorted(downloads.glob("*.deb")):
        command(["dpkg-deb", "-x", package, PROGRAMS], f"cannot unpack {package.name}")
    shutil.rmtree(downloads)


def simulate(packages: List[str]) -> List[str]:
    """What apt would install for these: they and what they need."""
    words = ["apt-get", "-q", "-s", "install", "--no-install-recommends", *packages]
    said = command(words, "apt-get knows no way to install " + " ".join(packages))
    return re.findall(r"^Inst (\S+)", said, re.MULTILINE)


class Peer:
    """Three servers. Data are new at each start, so that every round begins alike."""

    name = ""
    durability = ""
    system = ""

    def __init__(self) -> None:
        self.servers: List[Server] = []
        self.ports: List[int] = []

    @property
    def directory(self) -> pathlib.Path:
        return PLACE / f"data-{self.name}"

    def endpoints(self) -> str:
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def pids(self) -> List[int]:
        return [server.pid for server in self.servers]

    def start(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.launch()

    def stop(self) -> None:
        stop_all(self.servers)
        self.servers = []
        shutil.rmtree(self.directory, ignore_errors=True)

    def launch(self) -> None:
        raise NotImplementedError

    def arguments(self) -> List[str]:
        """Of peerbench."""
        return ["--system", self.system, "--endpoints", self.endpoints()]


class Etcd(Peer):
    """Every entry of the log is synced on a majority before a put is acknowledged."""

    name = "etcd"
    system = "etcd"
    durability = "fsync"

    def launch(self) -> None:
        ports = free_ports(6)
        self.ports, peer_ports = ports[:3], ports[3:]
        members = ",".join(f"n{i}=http://127.0.0.1:{port}" for i, port in enumerate(peer_ports))
        for i in range(3):
            client = f"http://127.0.0.1:{self.ports[i]}"
            peer = f"http://127.0.0.1:{peer_ports[i]}"
            words = [program("etcd"), "--name", f"n{i}", "--data-dir", self.directory / f"n{i}/data"]
            words += ["--listen-client-urls", client, "--advertise-client-urls", client]
            words += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
            words += ["--initial-cluster", members, "--initial-cluster-state", "new"]
            # The default of 2 GiB would end a run of puts before it is over.
            words += ["--quota-backend-bytes", 8 << 30]
            self.servers.append(Server(words, self.directory / f"n{i}", environment()))
        wait_until(self.healthy, self.servers, "etcd does not start")

    def healthy(self) -> bool:
        for port in self.ports:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
                    if json.load(answer).get("health") != "true":
                        return False
            except (urllib.error.URLError, OSError, ValueError):
                return False
        return True

    def arguments(self) -> List[str]:
        pids = ",".join(str(pid) for pid in self.pids())
        # To the leader alone: a put that another server takes goes to it in any case.
        return super().arguments() + ["--leader-only", "--server-pid", pids]


class Redis(Peer):
    """A primary and two replicas."""

    system = "redis"

    def __init__(self, synced: bool):
        super().__init__()
        self.name = "redis-always" if synced else "redis-none"
        self.durability = "appendfsync always" if synced else "no persistence"
        self.settings = ["--save", "", "--appendonly", "yes" if synced else "no"]
        if synced:
            self.settings += ["--appendfsync", "always"]

    def launch(self) -> None:
        self.ports = free_ports(3)
        for i, port in enumerate(self.ports):
            directory = self.directory / f"n{i}"
            words = [program("redis-server"), "--port", port, "--bind", "127.0.0.1", "--dir", directory]
            words += ["--repl-diskless-sync-delay", "0", "--shutdown-timeout", "0", *self.settings]
            if i > 0:
                words += ["--replicaof", "127.0.0.1", self.ports[0]]
            self.servers.append(Server(words, directory, environment()))
        wait_until(self.replicating, self.servers, "Redis does not start")

    def replicating(self) -> bool:
        info = redis_ask(self.ports[0], "INFO replication")
        return info.count("state=online") == 2


def redis_ask(port: int, question: str) -> str:
    """The answer as it comes, if it comes at once; empty: nobody is there yet."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(question.encode() + b"\r\n")
            return connection.recv(1 << 16).decode(errors="replace")
    except OSError:
        return ""
