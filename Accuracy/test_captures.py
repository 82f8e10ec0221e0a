"""Mutilated captures keep what they promise, and frames can be found again in them."""

import csv
import gzip
import os
import tempfile
import unittest

import capture
from capture import Carried, Frame
from evaluation import evaluate
from mutilations import MUTILATIONS, ORIGINAL, SWAP_WINDOW, mutilate
from truth import SIDES, Scenario, Truth
from verdicts import Verdict

ARCHIVE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "captures")
SCENARIO = os.path.join(ARCHIVE, "kernel-loss-2-v6")

FRAMES = [Frame(1_000 + 30 * number, 100, bytes([number]) * 90) for number in range(200)]
ROWS = [Truth(sent_here=number % 3 == 0, occupies=True) for number in range(200)]


def made(name, place="here"):
    return mutilate(name, FRAMES, ROWS, place)


class Mutilated(unittest.TestCase):
    def test_is_the_same_each_time(self):
        for name in MUTILATIONS:
            self.assertEqual(made(name), made(name), name)
        self.assertNotEqual(made("swapped"), made("swapped", "elsewhere"))

    def test_frames_are_those_they_are_said_to_be(self):
        for name in MUTILATIONS:
            for kept in made(name):
                self.assertEqual(kept.frame.data, FRAMES[kept.origin].data[: len(kept.frame.data)], name)
                self.assertEqual(kept.frame.length, 100, name)

    def test_only_promised_frames_are_missing(self):
        sent = {number for number, row in enumerate(ROWS) if row.sent_here}
        left = {"late-start": set(range(66, 200)), "sent-only": sent, "received-only": set(range(200)) - sent}
        for name in MUTILATIONS:
            origins = {kept.origin for kept in made(name)}
            self.assertEqual(origins, left.get(name, set(range(200))), name)

    def test_snap_lengths_cut(self):
        self.assertEqual({len(kept.frame.data) for kept in made("snap-54")}, {54})
        self.assertEqual({len(kept.frame.data) for kept in made("snap-96")}, {90})

    def test_each_copy_follows_its_original(self):
        for name in ("doubled", "doubled-apart"):
            kept, seen = made(name), {}
            self.assertEqual([one.copy for one in kept].count(True), 200, name)
            self.assertEqual(kept, sorted(kept, key=lambda one: one.frame.time), name)
            for one in kept:
                self.assertEqual(one.copy, one.origin in seen, name)
                self.assertLessEqual(one.frame.time - seen.setdefault(one.origin, one.frame.time), 15, name)

    def test_neighbours_are_swapped(self):
        kept = made("swapped")
        moved = [one for one in kept if one.moved]
        self.assertTrue(moved)
        self.assertEqual(len(moved) % 2, 0)
        for first, second in zip(moved[::2], moved[1::2]):
            self.assertEqual(first.origin, second.origin + 1)
            self.assertLessEqual(first.frame.time - second.frame.time, SWAP_WINDOW)
            self.assertGreater(first.frame.time, second.frame.time)

    def test_times_run_forward_when_they_are_given_later(self):
        kept = made("swapped-restamped")
        self.assertEqual([one.origin for one in kept], [one.origin for one in made("swapped")])
        self.assertEqual([one.frame.time for one in kept], [frame.time for frame in FRAMES])


class Files(unittest.TestCase):
    def test_come_back_as_they_were_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "capture.pcap")
            capture.write(path, FRAMES)
            with open(path, "rb") as plain, gzip.open(path + ".gz", "wb") as packed:
                packed.write(plain.read())
            self.assertEqual(capture.read(path + ".gz"), FRAMES)

    def test_show_again_what_the_kernel_called_visible(self):
        scenario = Scenario(SCENARIO)
        for side in SIDES:
            segments = [capture.carried(frame) for frame in capture.read(scenario.capture(side))]
            with gzip.open(os.path.join(SCENARIO, f"truth.{side}.tsv.gz"), "rt") as file:
                rows = list(csv.DictReader(file, delimiter="\t"))
            for row, again in zip(rows, capture.repeats(segments), strict=True):
                if row["rtx"] and not row["sent_here"]:
                    self.assertEqual(again, bool(row["visible"]), row)

    def test_hold_each_connection_of_the_same_ports_for_itself(self):
        def syn(first):
            return Carried("there", first, first + 1, capture.SYN)

        data = Carried("there", 101, 201, 0)
        self.assertEqual(capture.repeats([syn(100), data, syn(100), data, None]), [False, False, True, True, False])
        self.assertEqual(capture.repeats([syn(100), data, syn(50), Carried("there", 51, 60, 0)]), [False] * 4)

    def test_sequence_numbers_wrap(self):
        before, after = Carried("there", 2**32 - 100, 0, 0), Carried("there", 0, 100, 0)
        self.assertEqual(capture.repeats([before, after, before]), [False, False, True])


class Evaluated(unittest.TestCase):
    def test_truth_itself_scores_full_marks_and_silence_none(self):
        def oracle(rows, path, marks):
            return {
                number: Verdict("retransmission", row.cause, row.spurious) if row.resent else Verdict("new-data")
                for number, row in enumerate(rows[len(marks)], 1)
            }

        scenario = Scenario(SCENARIO)
        rows = {len(scenario.rows[side]): scenario.rows[side] for side in SIDES}
        right = evaluate((SCENARIO, oracle, rows, [ORIGINAL]))[ORIGINAL].score.figures()
        silent = evaluate((SCENARIO, lambda *_: {}, "", [ORIGINAL]))[ORIGINAL].score.figures()
        for name in ("A1", "A2", "A3r", "A4", "A5"):
            self.assertEqual((right[name], silent[name]), (100, 0), name)


if __name__ == "__main__":
    unittest.main()
