"""Trouble between two real kernels: found while it happens, with its process and counters, and again in the files."""
import tempfile
import unittest
from pathlib import Path

import lab
from evidence import proven_at
from network import go
from tool import Live, analyze
from troubles import TROUBLES
from veth import pair

PROMPT = 2.0  # seconds from the evidence on the wire to the finding


def setUpModule():
    lab.enter_own_world()


class Troubles(unittest.TestCase):
    maxDiff = None

    def found_live(self, name):
        trouble = TROUBLES[name]
        with tempfile.TemporaryDirectory() as folder, pair(trouble.sysctl, trouble.link) as hosts:
            seen_by = hosts[trouble.seen_by == "server"]
            written = Path(folder) / "written"
            before = {host.name: host.counters() for host in hosts}
            programs = {host.name: host.play(trouble.part(host.name)) for host in reversed(hosts)}
            with Live(seen_by, folder, "--write", written) as live:
                for program in programs.values():
                    go(program)
                came, event = live.opened(trouble.rule)
                for program in programs.values():
                    program.wait(20)
                self.assertEqual(live.end(), 130, live.complaints())
                report = live.report
            after = {host.name: host.counters() for host in hosts}
            self.happened(trouble, before, after)
            if trouble.owner:
                owners = [owner["pid"] for owner in event["owners"]]
                self.assertIn(programs[trouble.owner].pid, owners)
            self.assertEqual([each["name"] for each in event["counters"]], [])
            files = sorted(written.iterdir())
            self.assertEqual(len(files), 1)
            self.assertEqual(report["findings"], analyze(written)["findings"])
            self.assertLess(came - proven_at(files[0].read_bytes(), trouble.rule), PROMPT)

    def happened(self, trouble, before, after):
        for each in trouble.proof:
            host, counter = each.split()
            self.assertGreater(after[host][counter], before[host][counter], each)
