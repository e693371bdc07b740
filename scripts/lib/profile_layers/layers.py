"""Which part of a node a sample of its stack belongs to.

A sample is a list of frames, the innermost first, as `perf script` names them. The first frame that a rule
knows decides: what RocksDB allocates is RocksDB's, what the core asks of the store is the store's.
"""

import collections
import re
from typing import Dict, Iterable, Iterator, List, NamedTuple, Tuple

Stack = List[str]


class Part(NamedTuple):
    layer: str
    name: str


LAYERS = ["sockets", "codec", "core", "storage", "threads", "not traced"]

# Libraries without frame pointers break a stack: what is left of it names no caller of ours.
NOT_TRACED = Part("not traced", "allocator and libraries whose caller is not known")

# Of RocksDB's, when no caller of it is known.
NOT_TRACED_FURTHER = Part("storage", "RocksDB, not traced further")

# The order matters only between rules that meet the same frame at the same place.
RULES: List[Tuple[str, Part]] = [
    (r"LogSyncer::run|RocksEvents::sync_logs|do_fsync|fdatasync", Part("storage", "sync of the log")),
    (r"DBImpl::WriteToWAL", Part("storage", "RocksDB, write: log")),
    (r"WriteBatchInternal::InsertInto|MemTable::Add", Part("storage", "RocksDB, write: memtable")),
    (r"rocksdb::DBImpl::Write|rocksdb::WriteBatch", Part("storage", "RocksDB, write: the rest")),
    (r"rocksdb::DBImpl::Get", Part("storage", "RocksDB, read")),
    (r"quorate::RowCache", Part("storage", "row cache")),
    (r"RocksRows::stage|append_row", Part("storage", "rows to bytes")),
    (r"RocksRows::decode|decode_row", Part("storage", "bytes to rows")),
    (r"quorate::Rocks", Part("storage", "the rest")),
    (r"encode_client_reply|TokenSeal|MacKey", Part("codec", "replies to clients, tokens")),
    (r"from_wire|parse_message|ArenaScope|wire::ToNode|wire::ClientRequest", Part("codec", "requests of clients")),
    (r"decode_message|decode_record|read_write_request|BodyReader", Part("codec", "messages from peers")),
    (r"PeerEncoder|encode_message|append_frames|end_frames", Part("codec", "messages to peers")),
    (r"FrameReader", Part("codec", "frames")),
    (r"sendmsg|Connection::write_some", Part("sockets", "write")),
    (r"tcp_recvmsg|recv_op_base|recvmsg|__sys_recv", Part("sockets", "read")),
    (r"epoll_wait|ep_poll|epoll_reactor|Connection::start_read", Part("sockets", "wait")),
    (r"futex", Part("threads", "wake-ups")),
    (r"Trees::|HashTree::", Part("core", "hash trees")),
    (r"DurabilityGate", Part("core", "durability gate")),
    (r"TimerQueue|set_timer|cancel_timer", Part("core", "timers")),
    (r"mint_event", Part("core", "a new event: dot, context, type")),
    (r"quorate::sync\b|Replica::absorbed", Part("core", "merge")),
    (r"TraceLog|NodeEnvironment::trace", Part("core", "counters and trace")),
    (r"quorate::Replica", Part("core", "replica")),
    (r"quorate::Writes|quorate::WriteQuorum|quorate::Places", Part("core", "coordinator of writes")),
    (r"quorate::Reads|quorate::ReadQuorum", Part("core", "coordinator of reads")),
    (r"quorate::(Core|Coordinator|NodeState|NodeEnvironment)", Part("core", "the rest")),
    (r"ClientSession|ClientServer", Part("sockets", "client sessions")),
    (r"AcceptedPeer|PeerServer|PeerLink", Part("sockets", "peer links")),
    (r"Connection::", Part("sockets", "connections")),
    (r"scheduler::|quorate::Loop|executor_op", Part("sockets", "event loop")),
]

_ANY = re.compile("|".join(f"(?P<r{i}>{rule})" for i, (rule, _) in enumerate(RULES)))


def part_of(thread: str, stack: Stack) -> Part:
    if thread.startswith("rocksdb:"):
        return Part("storage", "RocksDB, flush and compaction")
    for frame in stack:
        found = _ANY.search(frame)
        if found:
            return RULES[int(found.lastgroup[1:])][1]
    return NOT_TRACED_FURTHER if any("rocksdb::" in frame for frame in stack) else NOT_TRACED


def samples(lines: Iterable[str]) -> Iterator[Tuple[str, Stack]]:
    """Of what `perf script -F comm,ip,sym` prints: a line with the thread's name, then one for each frame."""
    thread = None
    stack: Stack = []
    for line in lines:
        if not line.strip():
            if thread is not None:
                yield thread, stack
            thread, stack = None, []
        elif line[0].isspace():
            words = line.split(None, 1)
            stack.append(words[1].strip() if len(words) > 1 else "")
        else:
            thread, stack = line.split()[0], []
    if thread is not None:
        yield thread, stack


def shares(lines: Iterable[str]) -> Dict[Part, float]:
    """Of all samples, between 0 and 1. Empty without any."""
    counts = collections.Counter(part_of(thread, stack) for thread, stack in samples(lines))
    total = sum(counts.values())
    return {part: count / total for part, count in counts.items()}


def by_layer(of_parts: Dict[Part, float]) -> List[Tuple[str, float, List[Tuple[str, float]]]]:
    """Each layer with its share and its parts, the largest first."""
    layers = []
    for layer in LAYERS:
        parts = sorted(
            ((part.name, share) for part, share in of_parts.items() if part.layer == layer), key=lambda x: -x[1]
        )
        if parts:
            layers.append((layer, sum(share for _, share in parts), parts))
    return sorted(layers, key=lambda layer: -layer[1])
