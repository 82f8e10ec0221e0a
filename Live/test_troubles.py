"""Trouble between two real kernels: found while it happens, with its process and counters, and again in the files."""
import tempfile
import unittest
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import lab
from evidence import proven_at
from network import CLIENT, go
from tool import PATIENCE, Live, analyze
from troubles import TROUBLES
from veth import pair

PROMPT = 2.0  # seconds from the evidence on the wire to the finding


def setUpModule():
    lab.enter_own_world()


@dataclass
class Course:
    """What became of one trouble."""

    written: Path = None  # folder of the captured packets
    came: float = 0.0  # when the finding was told, s since 1970
    event: dict = field(default_factory=dict)  # what was told
    report: dict = field(default_factory=dict)  # the last word of the run
    status: int = 0
    moved: dict = field(default_factory=dict)  # by how much each counter moved, by host
    programs: dict = field(default_factory=dict)  # process IDs, by host


def counted(hosts):
    return {host.name: host.counters() for host in hosts}


def run(trouble, folder):
    """Lets the trouble happen beside a live run that writes what it sees into a folder of its own."""
    course = Course(written=folder / "written")
    with ExitStack() as cleaning:
        hosts = cleaning.enter_context(pair(trouble.sysctl, trouble.link, trouble.client_ttl))
        before = counted(hosts)
        programs = [host.play(trouble.part(host.name)) for host in reversed(hosts)]
        for program in programs:
            cleaning.enter_context(program)
            cleaning.callback(program.kill)
        course.programs = {host.name: program.pid for host, program in zip(reversed(hosts), programs)}
        watched = hosts[0] if trouble.seen_by == CLIENT else hosts[1]
        live = cleaning.enter_context(Live(watched, folder, "--write", course.written))
        for program in programs:
            go(program)
        course.came, course.event = live.opened(trouble.rule)
        for program in programs:
            program.wait(PATIENCE)
        course.status = live.end()
        course.report = live.report
        after = counted(hosts)
    course.moved = {
        host: {name: count - before[host][name] for name, count in counts.items()} for host, counts in after.items()
    }
    return course


class Troubles(unittest.TestCase):
    maxDiff = None

    def found(self, name):
        trouble = TROUBLES[name]
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        course = run(trouble, folder)
        self.assertEqual(course.status, 130)
        self.happened(trouble, course)
        self.told_in_time(trouble, course)
        self.told_whose(trouble, course)
        self.told_with_counters(trouble, course)
        self.told_nothing_else(trouble, course)
        self.replayed(course)

    def happened(self, trouble, course):
        for each in trouble.proof:
            host, counter, *least = each.split()
            self.assertGreaterEqual(course.moved[host][counter], int(*least or [1]), each)

    def told_in_time(self, trouble, course):
        [file] = course.written.iterdir()
        rules = {trouble.rule, *trouble.report}
        self.assertLess(course.came - proven_at(file.read_bytes(), rules), PROMPT)

    def told_whose(self, trouble, course):
        owners = [owner["pid"] for owner in course.event["owners"]]
        if trouble.owner:
            self.assertEqual(owners, [course.programs[trouble.owner]])
        else:
            self.assertIn(owners, ([], [course.programs[trouble.seen_by]]))

    def told_with_counters(self, trouble, course):
        counters = {each["name"].split(" + ")[0]: each for each in course.event["counters"]}
        self.assertIn(trouble.counter, counters)
        self.assertGreater(counters[trouble.counter]["rate"], 0)

    def told_nothing_else(self, trouble, course):
        """A false alarm costs more than a silence."""
        alarms = {each["rule"] for each in course.report["findings"] if each["severity"] in ("warning", "critical")}
        self.assertEqual(alarms, set(trouble.report or [trouble.rule]))

    def replayed(self, course):
        self.assertEqual(course.report["findings"], analyze(course.written)["findings"])

    def test_a_lossy_transfer(self):
        self.found("lossy_transfer")

    def test_a_closed_window(self):
        self.found("zero_window")

    def test_refused_connections(self):
        self.found("refused")

    def test_a_full_listener(self):
        self.found("full_listener")

    def test_old_timestamps(self):
        self.found("old_timestamps")

    def test_an_ack_loop(self):
        self.found("ack_loop")

    def test_an_ack_loop_of_sequence_numbers(self):
        self.found("ack_loop_of_numbers")


if __name__ == "__main__":
    unittest.main()
