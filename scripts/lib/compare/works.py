"""What is compared with what: the works, and in each the stores at equal durability."""

from typing import List, NamedTuple

from compare.ours import Quorate
from compare.peers import Etcd, Redis

# How many connections a client that shares them has to Redis: the better of 1, 4, 16, 64 at each
# number in flight. etcd is best with one connection, to its leader; ours has one to each node.
SHARED_CONNECTIONS = {16: 1, 64: 4, 256: 4}


class Contestant(NamedTuple):
    """A store, and how it is asked."""

    key: str  # in the JSON
    label: str
    store: str  # a name of STORES
    durability: str  # that every server must say it has
    arguments: tuple  # of its generator, beside the workload
    connections: str = ""  # Redis: "own": one for each request in flight; "shared"


class Work(NamedTuple):
    name: str
    title: str
    workload: str
    group: str  # works of a group are measured while a store is up, once a round
    contestants: tuple


STORES = {
    "quorate-fsync": lambda: Quorate("fsync"),
    "quorate-os": lambda: Quorate("os"),
    "etcd": Etcd,
    "redis-always": lambda: Redis(True),
    "redis-none": lambda: Redis(False),
}

SYNCED = ("fsync", "appendfsync always")

WORKS = (
    Work(
        "synced-put",
        "put, synced: acknowledged means on two disks of three",
        "put",
        "synced puts",
        (
            Contestant("quorate", "quorate W=2", "quorate-fsync", "fsync", ("--w", "2")),
            Contestant("etcd", "etcd", "etcd", "fsync", ()),
            Contestant("redis", "redis WAIT 1", "redis-always", "appendfsync always", (), "own"),
            Contestant("redis-shared", "redis WAIT 1, batched", "redis-always", "appendfsync always", (), "shared"),
        ),
    ),
    Work(
        "unsynced-put",
        "put, not synced: acknowledged means in the memory of two machines of three",
        "put",
        "unsynced puts",
        (
            Contestant("quorate", "quorate W=2", "quorate-os", "os", ("--w", "2")),
            Contestant("redis", "redis WAIT 1", "redis-none", "no persistence", (), "own"),
            Contestant("redis-shared", "redis WAIT 1, batched", "redis-none", "no persistence", (), "shared"),
        ),
    ),
    Work(
        "get-quorum",
        "get that sees every acknowledged put",
        "get",
        "gets",
        (
            Contestant("quorate", "quorate R=2", "quorate-fsync", "fsync", ("--r", "2")),
            Contestant("etcd", "etcd linearizable", "etcd", "fsync", ()),
        ),
    ),
    Work(
        "get-one",
        "get that one server answers",
        "get",
        "gets",
        (
            Contestant("quorate", "quorate R=1", "quorate-fsync", "fsync", ("--r", "1")),
            Contestant("redis", "redis GET", "redis-none", "no persistence", (), "own"),
            Contestant("redis-shared", "redis GET, pipelined", "redis-none", "no persistence", (), "shared"),
        ),
    ),
)


class Cell(NamedTuple):
    """One figure to measure."""

    work: Work
    contestant: Contestant
    value_bytes: int
    concurrency: int

    def connections(self) -> int:
        if self.contestant.connections == "own":
            return self.concurrency
        return SHARED_CONNECTIONS.get(self.concurrency, 4)


def cells_of(works: List[Work], sizes: List[int], concurrencies: List[int]) -> List[Cell]:
    return [
        Cell(work, contestant, size, concurrency)
        for work in works
        for size in sizes
        for concurrency in concurrencies
        for contestant in work.contestants
        # With one in flight there is nothing to share.
        if not (contestant.connections == "shared" and concurrency == 1)
    ]
