#!/usr/bin/env python3
"""Which layer a stack of a node is counted for."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/lib"))

# pylint: disable=wrong-import-position
from profile_layers.layers import LAYERS, NOT_TRACED, NOT_TRACED_FURTHER, RULES, Part, by_layer, part_of, samples, shares

SCRIPT = """kvnode
\t    7f2e6956f56b __memcmp_evex_movbe
\t    7f2e6956f56c rocksdb::MemTable::Add(unsigned long)
\t    7f2e6956f56d rocksdb::DBImpl::WriteImpl(rocksdb::WriteOptions const&)
\t    55aa00000001 quorate::RocksStore::take(quorate::Batch&&)

kvnode
\t    55aa00000002 quorate::Trees::row_changed(unsigned short)
\t    55aa00000003 quorate::Replica::merge(unsigned short)

rocksdb:high
\t    7f2e6956f56b LZ4_compress_fast_continue
\t    7f2e6956f56c [unknown]

kvnode
\t    7f2e6956f56b operator new[](unsigned long)
"""


class Layers(unittest.TestCase):
    def test_a_sample_is_its_thread_and_its_frames_from_the_inside_out(self):
        found = list(samples(SCRIPT.splitlines()))
        self.assertEqual([thread for thread, _ in found], ["kvnode", "kvnode", "rocksdb:high", "kvnode"])
        self.assertEqual(found[1][1][0], "quorate::Trees::row_changed(unsigned short)")
        self.assertEqual(len(found[0][1]), 4)

    def test_the_innermost_frame_that_a_rule_knows_decides(self):
        stacks = [stack for _, stack in samples(SCRIPT.splitlines())]
        self.assertEqual(part_of("kvnode", stacks[0]), Part("storage", "RocksDB, write: memtable"))
        self.assertEqual(part_of("kvnode", stacks[1]), Part("core", "hash trees"))

    def test_threads_of_rocksdb_are_its_own_whatever_they_call(self):
        self.assertEqual(part_of("rocksdb:high", ["LZ4"]), Part("storage", "RocksDB, flush and compaction"))

    def test_what_no_rule_knows_is_said_to_be_unknown(self):
        self.assertEqual(part_of("kvnode", ["operator new[]", "[unknown]"]), NOT_TRACED)
        self.assertEqual(part_of("kvnode", []), NOT_TRACED)
        self.assertEqual(part_of("kvnode", ["memcmp", "rocksdb::Slice::compare"]), NOT_TRACED_FURTHER)

    def test_shares_add_up(self):
        found = shares(SCRIPT.splitlines())
        self.assertEqual(len(found), 4)
        self.assertAlmostEqual(sum(found.values()), 1)
        self.assertEqual(shares([]), {})

    def test_layers_come_largest_first_with_all_their_parts(self):
        found = by_layer({Part("core", "a"): 0.2, Part("core", "b"): 0.3, Part("storage", "c"): 0.4, NOT_TRACED: 0.1})
        self.assertEqual([(name, round(share, 6)) for name, share, _ in found],
                         [("core", 0.5), ("storage", 0.4), ("not traced", 0.1)])
        self.assertEqual([name for name, _ in found[0][2]], ["b", "a"])

    def test_every_rule_names_a_layer_that_is_shown(self):
        for _, part in RULES:
            self.assertIn(part.layer, LAYERS)


if __name__ == "__main__":
    unittest.main()
