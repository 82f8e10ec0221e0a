"""How a live run behaves: without privileges, at signals, when the interface or the disk goes away, when it is late."""
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import lab
from network import ip
from tool import PATIENCE, Live, analyze
from veth import pair, send_frames

NOBODY = 65534


def setUpModule():
    lab.enter_own_world()


class Conduct(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.client, self.server = self.enterContext(pair())

    def live(self, *options, **settings):
        return Live(self.server, self.folder, *options, **settings)

    def frames(self, rate=20_000, seconds=0.2, **then):
        """Sends frames to the server, and returns how many."""
        return send_frames(self.client, rate, seconds, **then)


class Privileges(Conduct):
    def unprivileged(self, *options):
        """Runs the program as nobody: exit status, result, complaints."""
        self.folder.chmod(0o755)
        copy = shutil.copy(lab.PROGRAM, self.folder)  # nobody may not enter every home
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", copy, "live", *options]
        process = self.server.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        result, complaints = process.communicate(timeout=PATIENCE)
        return process.returncode, result, complaints

    def test_without_privileges_one_sentence_says_what_is_missing(self):
        status, result, complaints = self.unprivileged("-i", self.server.interface)
        self.assertEqual((status, result), (5, ""))
        self.assertEqual(complaints.count("\n"), 1, complaints)
        self.assertIn("CAP_NET_RAW", complaints)
        self.assertIn("run as root", complaints)

    def test_privileges_are_given_up(self):
        self.folder.chmod(0o777)  # the report is written by nobody, too
        with self.live("--user", "nobody") as live:
            lines = Path(f"/proc/{live.process.pid}/status").read_text().splitlines()
            fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            self.assertEqual(set(fields["Uid"].split()), {str(NOBODY)})
            self.assertEqual(int(fields["CapEff"], 16), 0)
            sent = self.frames()
            self.assertEqual(live.end(), 130, live.complaints())
            self.assertEqual(live.report["capture"]["packets"], sent)


class Signals(Conduct):
    def test_nothing_is_lost_at_the_end(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            written = self.folder / number.name
            with self.subTest(number.name), self.live("--write", written) as live:
                # The last of them wait in the ring when the signal comes.
                sent = self.frames(100_000, 0.3, then=lambda: live.process.send_signal(number))
                self.assertEqual(live.process.wait(PATIENCE), status, live.complaints())
                self.assertEqual(live.report["capture"]["packets"], sent)
                self.assertEqual(analyze(written)["capture"]["packets"], sent)

    def test_hanging_up_begins_a_new_file(self):
        written = self.folder / "written"
        with self.live("--write", written) as live:
            sent = self.frames()
            live.process.send_signal(signal.SIGHUP)
            # A file is made for the first frame that it takes.
            while live.events[-1][1].get("writing", {}).get("files") != 2:
                sent += self.frames()
            self.assertEqual(live.end(), 130, live.complaints())
            report = analyze(written)
            self.assertEqual([each["packets"] > 0 for each in report["capture"]["files"]], [True, True])
            self.assertEqual(report["capture"]["packets"], sent)


class Trouble(Conduct):
    def test_an_interface_that_goes_down_is_told_and_followed(self):
        with self.live() as live:
            sent = self.frames()
            ip("-n", "server", "link", "set", self.server.interface, "down")
            self.assertIn(self.server.interface, live.remarked("down"))
            ip("-n", "server", "link", "set", self.server.interface, "up")
            live.remarked("up again")
            sent += self.frames()
            self.assertEqual(live.end(), 130, live.complaints())
            self.assertEqual(live.report["capture"]["packets"], sent)

    def test_an_interface_that_disappears_ends_the_run_with_a_report(self):
        with self.live() as live:
            delete = ["-n", "server", "link", "delete", self.server.interface]
            sent = self.frames(100_000, 0.3, then=lambda: ip(*delete))
            self.assertIn(self.server.interface, live.remarked("cannot be read any more"))
            self.assertEqual(live.process.wait(PATIENCE), 5, live.complaints())
            self.assertEqual(live.report["capture"]["packets"], sent)

    def test_a_full_disk_is_told_and_does_not_stop_the_analysis(self):
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        with self.live("--write", disk) as live:
            sent = self.frames(50_000, 1)
            live.remarked("No space left on device")
            self.assertEqual(live.end(), 130, live.complaints())
            self.assertEqual(live.report["capture"]["packets"], sent)
            writing = live.last["writing"]
            self.assertGreater(writing["lost_packets"], 0)
            self.assertEqual(writing["packets"] + writing["lost_packets"], sent)
            self.assertIn(f"{writing['lost_packets']:,} frames could not be written", live.complaints())
            self.assertEqual(analyze(disk)["capture"]["packets"], writing["packets"])

    def test_frames_that_the_ring_had_no_room_for_are_counted_exactly(self):
        written = self.folder / "written"
        with self.live("--buffer", "64K", "--write", written) as live:
            os.kill(live.process.pid, signal.SIGSTOP)
            sent = self.frames(50_000, 0.5)
            os.kill(live.process.pid, signal.SIGCONT)
            sent += self.frames(1_000, 0.5)
            self.assertEqual(live.end(), 130, live.complaints())
            report = live.report
            dropped = live.last["interfaces"][0]["dropped_by_ring"]
            self.assertGreater(dropped, 10_000)
            self.assertEqual(report["capture"]["packets"] + dropped, sent)
            self.assertEqual(report["capture"]["interfaces"][0]["reported_drops"], dropped)
            self.assertEqual(analyze(written)["capture"]["interfaces"][0]["reported_drops"], dropped)
            self.assertIn("capture-loss", [finding["rule"] for finding in report["findings"]])


if __name__ == "__main__":
    unittest.main()
