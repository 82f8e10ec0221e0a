"""Every figure rises with a right verdict and falls with a wrong one."""

import unittest

from capture import Frame
from metrics import METRICS, Score
from mutilations import Kept
from truth import Truth
from verdicts import SILENCE, Verdict

KEPT = Kept(Frame(0, 60, b""), 0)
COPY = KEPT._replace(copy=True)
MOVED = KEPT._replace(moved=True)
AGAIN = Verdict("retransmission", "fast")


def sent(**facts):
    return Truth(sent_here=True, occupies=True, **facts)


def received(**facts):
    return Truth(sent_here=False, occupies=True, **facts)


def figures(*frames, quiet=False, visible=True):
    """Of pairs of truth and verdict, or triples with what became of the frame first."""
    score = Score()
    for *kept, row, said in frames:
        score.frame(kept[0] if kept else KEPT, row, said, visible, quiet)
    return score.figures()


# For each figure a frame that is judged rightly, and how the same frame is judged wrongly.
CASES = {
    "A1": (sent(cause="fast"), AGAIN, SILENCE),
    "A2": (received(cause="fast"), AGAIN, SILENCE),
    "A3r": (received(cause="fast"), AGAIN, SILENCE),
    "A4": (sent(cause="fast"), AGAIN, AGAIN._replace(cause="rto")),
    "A5": (sent(cause="rto"), AGAIN._replace(cause="rto"), AGAIN._replace(cause="rto-recovery")),
    "A6s": (sent(cause="fast", spurious=True), AGAIN._replace(spurious=True), AGAIN),
    "A6r": (received(cause="fast", spurious=True), AGAIN._replace(spurious=True), AGAIN),
    "A6k": (received(cause="fast", drop="TCP_OLD_SEQUENCE"), AGAIN._replace(spurious=True), AGAIN),
    "A7": (received(late=True), Verdict("reordered"), SILENCE),
    "A8": (received(netdup=True), Verdict("network-duplicate"), AGAIN),
    "A9": (received(drop="TCP_RFC7323_PAWS"), Verdict(rejected="paws"), SILENCE),
}


class EachFigure(unittest.TestCase):
    def test_is_whole_when_all_is_right_and_half_recalled_when_half_is_missed(self):
        for name, (row, right, wrong) in CASES.items():
            with self.subTest(name):
                self.assertEqual(figures((row, right))[name], 100)
                self.assertEqual(figures((row, wrong))[name], 0)
                mixed = figures((row, right), (row, wrong))[name]
                # One of two is a recall of 50 %, and an F1 of two thirds where nothing false was said.
                expected = 200 / 3 if "F1" in METRICS[name][0] else 50
                self.assertAlmostEqual(mixed, expected)

    def test_has_no_value_without_anything_to_judge(self):
        for name, value in figures((sent(), SILENCE)).items():
            if name not in ("A11s", "A11r"):
                self.assertIsNone(value, name)

    def test_of_f1_falls_with_false_claims(self):
        innocent = {
            "A1": (sent(), AGAIN),
            "A2": (received(), AGAIN),
            "A6s": (sent(cause="fast"), AGAIN._replace(spurious=True)),
            "A6r": (received(cause="fast"), AGAIN._replace(spurious=True)),
            "A6k": (received(cause="fast"), AGAIN._replace(spurious=True)),
            "A7": (received(), Verdict("reordered")),
            "A9": (received(), Verdict(rejected="paws")),
        }
        for name, falsely in innocent.items():
            row, right, _ = CASES[name]
            self.assertAlmostEqual(figures((row, right), falsely)[name], 200 / 3, msg=name)


class Details(unittest.TestCase):
    def test_precision_counts_what_was_said(self):
        found = figures((received(cause="fast"), AGAIN), (received(cause="fast"), SILENCE), (received(), AGAIN))
        self.assertEqual(found["A3p"], 50)

    def test_recall_of_the_visible_leaves_out_what_cannot_be_seen(self):
        self.assertIsNone(figures((received(cause="fast"), SILENCE), visible=False)["A3r"])

    def test_false_alarms_count_where_nothing_was_sent_again(self):
        frames = (sent(), AGAIN), (sent(), SILENCE), (received(), AGAIN), (received(), AGAIN)
        quiet, other = figures(*frames, quiet=True), figures(*frames)
        self.assertEqual((quiet["A11s"], quiet["A11r"]), (1, 2))
        self.assertEqual((other["A11s"], other["A11r"]), (None, None))

    def test_probes_are_found_as_far_as_the_kernel_sent_them(self):
        score = Score()
        score.probes(sent=4, found=1)
        score.probes(sent=0, found=3)
        self.assertEqual(score.figures()["A12"], 25)
        self.assertEqual(score.counts["probes"]["false"], 3)

    def test_no_cause_is_no_right_cause(self):
        unclear = AGAIN._replace(cause="")
        found = figures((sent(cause="fast"), unclear), (sent(cause="rto"), unclear))
        self.assertEqual((found["A1"], found["A4"], found["A5"]), (100, 0, 0))

    def test_a_timer_is_coarsely_right_for_another_timer(self):
        found = figures((sent(cause="tlp"), AGAIN._replace(cause="rto")))
        self.assertEqual((found["A4"], found["A5"]), (100, 0))

    def test_causes_weigh_the_same_however_often_they_occur(self):
        fast = [(sent(cause="fast"), AGAIN)] * 9
        self.assertEqual(figures(*fast, (sent(cause="tlp"), AGAIN))["A5"], 50)

    def test_a_second_record_must_be_called_a_copy_and_nothing_else(self):
        again = sent(cause="fast")
        right = figures((again, AGAIN), (COPY, again, Verdict("capture-duplicate")))
        wrong = figures((again, AGAIN), (COPY, again, AGAIN))
        self.assertEqual((right["copies"], right["A1"]), (100, 100))
        self.assertEqual(wrong["copies"], 0)
        self.assertAlmostEqual(wrong["A1"], 200 / 3)

    def test_a_frame_that_the_capture_moved_may_be_called_reordered(self):
        late = received(late=True), Verdict("reordered")
        self.assertEqual(figures(late, (MOVED, received(), Verdict("reordered")))["A7"], 100)

    def test_frames_without_data_count_for_rejection_only(self):
        bare = received(drop="TCP_ACK_UNSENT_DATA")._replace(occupies=False)
        found = figures((bare, AGAIN._replace(rejected="ack-unsent")))
        self.assertEqual((found["A2"], found["A9"]), (None, 100))

    def test_scores_add_up(self):
        one, other = Score(), Score()
        one.frame(KEPT, sent(cause="fast"), AGAIN, True, False)
        other.frame(KEPT, sent(cause="fast"), SILENCE, True, False)
        one.add(other)
        self.assertAlmostEqual(one.figures()["A1"], 200 / 3)


if __name__ == "__main__":
    unittest.main()
