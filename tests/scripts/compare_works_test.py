"""What scripts/compare measures, and what it refuses to show."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/lib"))

# pylint: disable=wrong-import-position
from compare import report
from compare.rounds import require_durability
from compare.works import STORES, SYNCED, WORKS, cells_of
from compare.world import Failure


def said(durabilities, silent=0, rate=100):
    """As a generator's JSON has it."""
    return {
        "cluster": {
            "durability": durabilities[0] if len(set(durabilities)) == 1 else "mixed",
            "nodes": [{"durability": one, "version": "1"} for one in durabilities],
            "nodes_silent": silent,
        },
        "median": {
            "operations_per_second": rate,
            "p50_ns": 1_000_000,
            "p99_ns": 2_000_000,
            "server_cpu_ns_per_operation": 50_000,
            "server_written_bytes_per_operation": None,
            "own_cpu_percent_of_a_core": 10,
        },
    }


class Durability(unittest.TestCase):
    def test_all_three_servers_must_vouch_for_it(self):
        require_durability(said(["fsync"] * 3), "fsync", "a row")
        require_durability(said(["appendfsync always"] * 3), "appendfsync always", "a row")

    def test_else_nothing_is_called_synced(self):
        for answer in (
            said(["os"] * 3),
            said(["fsync", "fsync", "os"]),
            said(["fsync"] * 2),
            said(["fsync"] * 3, silent=1),
        ):
            with self.assertRaisesRegex(Failure, "refusing to call this synced"):
                require_durability(answer, "fsync", "a row")

    def test_nor_is_a_row_unsynced_that_syncs(self):
        with self.assertRaises(Failure):
            require_durability(said(["fsync"] * 3), "os", "a row")


class Works(unittest.TestCase):
    def test_equal_durability_is_compared(self):
        for work in WORKS[:2]:
            synced = {contestant.durability in SYNCED for contestant in work.contestants}
            self.assertEqual(len(synced), 1, work.name)

    def test_every_store_is_known_and_ours_is_always_there(self):
        for work in WORKS:
            self.assertEqual(work.contestants[0].key, "quorate")
            for contestant in work.contestants:
                self.assertIn(contestant.store, STORES)

    def test_one_in_flight_shares_nothing(self):
        cells = cells_of([WORKS[0]], [100], [1, 64])
        self.assertEqual([cell.contestant.key for cell in cells if cell.concurrency == 1], ["quorate", "etcd", "redis"])
        own = [cell.connections() for cell in cells if cell.contestant.connections == "own"]
        self.assertEqual(own, [1, 64])


class Tables(unittest.TestCase):
    def test_a_work_has_a_line_for_each_store_with_our_rate_by_its(self):
        cells = cells_of([WORKS[0]], [100], [64])
        rates = {"quorate": [300, 330], "etcd": [100, 110], "redis": [150, 330], "redis-shared": [600, 600]}
        results = {
            cell: [said([cell.contestant.durability] * 3, rate=rate) for rate in rates[cell.contestant.key]]
            for cell in cells
        }
        rows = report.work_table(results, WORKS[0]).rows
        self.assertEqual([row[10] for row in rows], ["-", "3.00", "1.50", "0.53"])
        self.assertEqual(rows[2][11], "1.00..2.00")
        self.assertEqual(report.ratio_table(results, [WORKS[0]]).rows, [["synced-put", "100 B", "64", "315", "3.00", "1.50", "0.53"]])


if __name__ == "__main__":
    unittest.main()
