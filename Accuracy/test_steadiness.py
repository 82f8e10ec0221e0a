"""A verdict in a damaged capture stays right, becomes unsure, or turns wrong."""

import unittest

from capture import Frame
from mutilations import Kept
from steadiness import FALSE, RIGHT, UNSURE, WRONG, Steadiness
from truth import Truth
from verdicts import SILENCE, Verdict

KEPT = Kept(Frame(0, 60, b""), 0)
FAST = Verdict("retransmission", "fast")
LOST = Truth(sent_here=False, occupies=True, cause="fast")


def outcome(row, before, after, kept=KEPT):
    found = Steadiness()
    found.frame(kept, 1, row, before, after)
    return dict(found.counts)


class Steady(unittest.TestCase):
    def test_verdicts_stay_right(self):
        self.assertEqual(outcome(LOST, FAST, FAST), {("retransmission", RIGHT): 1, ("cause", RIGHT): 1})

    def test_silence_is_unsure(self):
        self.assertEqual(outcome(LOST, FAST, SILENCE), {("retransmission", UNSURE): 1, ("cause", UNSURE): 1})

    def test_another_cause_is_wrong(self):
        found = outcome(LOST, FAST, FAST._replace(cause="rto"))
        self.assertEqual(found, {("retransmission", RIGHT): 1, ("cause", WRONG): 1})

    def test_no_cause_is_unsure(self):
        self.assertEqual(outcome(LOST, FAST, FAST._replace(cause=""))["cause", UNSURE], 1)

    def test_what_is_only_possible_is_unsure(self):
        found = outcome(LOST, FAST, FAST._replace(cause="rto", confidence="possible"))
        self.assertEqual(found, {("retransmission", UNSURE): 1, ("cause", UNSURE): 1})

    def test_a_retransmission_that_is_called_a_copy_is_wrong(self):
        self.assertEqual(outcome(LOST, FAST, Verdict("capture-duplicate"))["retransmission", WRONG], 1)

    def test_what_was_not_right_before_cannot_turn_wrong(self):
        self.assertEqual(outcome(LOST, SILENCE, SILENCE), {})

    def test_spurious_falls_silent(self):
        needless = LOST._replace(spurious=True)
        found = outcome(needless, FAST._replace(spurious=True), FAST)
        self.assertEqual(found["spurious", UNSURE], 1)

    def test_another_reason_for_rejection_is_wrong(self):
        old = Truth(sent_here=False, occupies=False, drop="TCP_RFC7323_PAWS")
        found = outcome(old, Verdict(rejected="paws"), Verdict(rejected="out-of-window-old"))
        self.assertEqual(found, {("rejected", WRONG): 1})

    def test_late_data_that_is_called_a_retransmission_is_wrong_once(self):
        late = Truth(sent_here=False, occupies=True, late=True)
        found = outcome(late, Verdict("reordered"), FAST)
        self.assertEqual(found, {("reordered", WRONG): 1, ("retransmission", FALSE): 1})


class FalseClaims(unittest.TestCase):
    new = Truth(sent_here=False, occupies=True)

    def test_are_counted_when_they_are_new(self):
        self.assertEqual(outcome(self.new, SILENCE, FAST), {("retransmission", FALSE): 1})
        self.assertEqual(outcome(self.new, FAST, FAST), {})

    def test_are_not_counted_when_they_are_only_possible(self):
        self.assertEqual(outcome(self.new, SILENCE, FAST._replace(confidence="possible")), {})

    def test_of_each_sort_are_seen(self):
        cases = {
            "spurious": (LOST, FAST, FAST._replace(spurious=True)),
            "rejected": (self.new, SILENCE, Verdict(rejected="paws")),
            "reordered": (self.new, SILENCE, Verdict("reordered")),
            "capture-duplicate": (self.new, SILENCE, Verdict("capture-duplicate")),
            "network-duplicate": (self.new, SILENCE, Verdict("network-duplicate")),
            "cause": (LOST, SILENCE, FAST._replace(cause="tlp")),
        }
        for claim, (row, before, after) in cases.items():
            self.assertEqual(outcome(row, before, after).get((claim, FALSE)), 1, claim)

    def test_of_a_second_record_are_all_but_that_it_is_a_copy(self):
        copy = KEPT._replace(copy=True)
        self.assertEqual(outcome(LOST, FAST, Verdict("capture-duplicate"), copy), {})
        self.assertEqual(outcome(LOST, FAST, FAST, copy), {("retransmission", FALSE): 1})
        self.assertEqual(outcome(LOST, FAST, Verdict("network-duplicate"), copy), {("network-duplicate", FALSE): 1})

    def test_of_rejection_are_not_judged_where_the_receiver_is_far(self):
        sent = Truth(sent_here=True, occupies=True)
        self.assertEqual(outcome(sent, SILENCE, Verdict(rejected="paws")), {})

    def test_of_what_the_capture_moved_are_not_reordering(self):
        self.assertEqual(outcome(self.new, SILENCE, Verdict("reordered"), KEPT._replace(moved=True)), {})


if __name__ == "__main__":
    unittest.main()
