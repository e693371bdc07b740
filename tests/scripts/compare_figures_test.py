"""The arithmetic and the tables of scripts/compare."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/lib"))

from compare.figures import (  # pylint: disable=wrong-import-position
    Spread,
    Table,
    count_spread_text,
    median,
    ms_text,
    ratio_spread_text,
    ratio_text,
    ratios,
    size_text,
    spread,
    us_text,
)
from compare.limits import as_sync_and_round_trips, parse_limits, rate_of_all_cores  # pylint: disable=wrong-import-position


class Limits(unittest.TestCase):
    def test_a_latency_is_a_sync_and_round_trips(self):
        floor = as_sync_and_round_trips(latency_ns=300, sync_ns=100, round_trip_ns=50)
        self.assertEqual((floor.syncs, floor.round_trips), (3, 4))
        self.assertEqual(as_sync_and_round_trips(80, 100, 50).round_trips, 0)

    def test_cpu_time_bounds_a_rate(self):
        self.assertEqual(rate_of_all_cores(10_000, cores=2), 200_000)

    def test_the_program_says_names_and_values(self):
        self.assertEqual(parse_limits("a_ns 5\n\nb_per_second 70\n"), {"a_ns": 5, "b_per_second": 70})


class Medians(unittest.TestCase):
    def test_the_one_in_the_middle_or_the_mean_of_two(self):
        self.assertEqual(median([5]), 5)
        self.assertEqual(median([9, 1, 5]), 5)
        self.assertEqual(median([1, 2, 4, 100]), 3)

    def test_of_nothing_there_is_none(self):
        with self.assertRaises(ValueError):
            median([])

    def test_spread_keeps_the_ends(self):
        self.assertEqual(spread([3, 1, 2]), Spread(2, 1, 3))


class Ratios(unittest.TestCase):
    def test_are_taken_within_each_round(self):
        # The machine was twice as slow in the second round: the ratio does not see it.
        self.assertEqual(ratios([100, 50, 100], [50, 25, 50]), Spread(2, 2, 2))
        self.assertEqual(ratios([100, 50, 90], [50, 50, 30]), Spread(2, 1, 3))

    def test_without_a_round_in_common_there_is_none(self):
        self.assertIsNone(ratios([], [1]))
        self.assertIsNone(ratios([1], [0]))
        self.assertEqual(ratio_text(None), "-")


class Texts(unittest.TestCase):
    def test_numbers(self):
        self.assertEqual(count_spread_text(Spread(2, 1000, 30000)), "1,000..30,000")
        self.assertEqual(count_spread_text(Spread(2, 2, 2)), "-")
        self.assertEqual(ratio_spread_text(Spread(2, 1.5, 2.25)), "1.50..2.25")
        self.assertEqual(ms_text(1_234_567), "1.23")
        self.assertEqual(us_text(9_940), "9.9")
        self.assertEqual(us_text(74_321), "74")
        self.assertEqual(us_text(None), "-")

    def test_sizes(self):
        self.assertEqual([size_text(size) for size in (100, 1024, 1536, 64 << 20)], ["100 B", "1 KiB", "1.5 KiB", "64 MiB"])


class Tables(unittest.TestCase):
    def test_columns_line_up(self):
        table = Table(["store", "ops/s"], left=(0,))
        table.add("etcd", "5")
        table.add("quorate W=2", "12,000")
        self.assertEqual(table.text(), "  STORE         OPS/S\n  etcd              5\n  quorate W=2  12,000\n")
        self.assertEqual(table.markdown().splitlines()[1], "| --- | ---: |")

    def test_a_row_has_as_many_cells_as_headings(self):
        with self.assertRaises(ValueError):
            Table(["a", "b"], left=()).add("1")


if __name__ == "__main__":
    unittest.main()
