#!/usr/bin/env python3
"""Tests of the comparison with a report made by hand."""
import unittest

from compare import Row, rows, verdict

REPORT = {
    "counters": [
        {"host": "10.0.0.2", "counters": [{"name": "TcpPassiveOpens", "value": 1, "certainty": "exact"}]},
        {
            "host": "10.0.0.1",
            "counters": [
                {"name": "TcpRetransSegs", "value": 47, "certainty": "exact"},
                {"name": "TCPTimeouts", "value": 2, "certainty": "at-least"},
                {"name": "TCPFastRetrans", "value": 9, "certainty": "estimate"},
                {"name": "TCPNotInThisKernel", "value": 3, "certainty": "exact"},
            ],
        },
    ]
}


class Comparison(unittest.TestCase):
    def test_each_counter_of_the_host_gets_a_row(self):
        kernel = {"TcpRetransSegs": 47, "TCPTimeouts": 3, "TCPFastRetrans": 40}
        self.assertEqual(
            rows(REPORT, "10.0.0.1", kernel),
            [
                Row("TcpRetransSegs", 47, 47, "equal"),
                Row("TCPTimeouts", 2, 3, "holds"),
                Row("TCPFastRetrans", 9, 40, "estimate"),
                Row("TCPNotInThisKernel", 3, 0, "not counted here"),
            ],
        )

    def test_an_exact_counter_must_be_equal(self):
        self.assertEqual(verdict("exact", 47, 46), "differs")
        self.assertEqual(verdict("exact", 46, 47), "differs")

    def test_a_lower_bound_must_not_exceed_the_count(self):
        self.assertEqual(verdict("at-least", 3, 3), "holds")
        self.assertEqual(verdict("at-least", 4, 3), "too high")

    def test_only_broken_promises_are_wrong(self):
        verdicts = ["equal", "differs", "holds", "too high", "estimate", "not counted here"]
        self.assertEqual([Row("x", 1, 1, each).wrong for each in verdicts], [False, True, False, True, False, False])

    def test_a_host_without_prediction_is_an_error(self):
        with self.assertRaises(LookupError):
            rows(REPORT, "10.0.0.3", {})

    def test_an_unknown_certainty_is_an_error(self):
        with self.assertRaises(ValueError):
            verdict("perhaps", 1, 1)


if __name__ == "__main__":
    unittest.main()
