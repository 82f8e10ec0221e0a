"""Small frames on a veth pair: what tcpdump and live mode lose, cost and need. `bench.py [SECONDS [RATE]]`"""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import lab
from tool import PATIENCE, Live
from veth import pair, send_frames

RATE, SECONDS = 300_000, 30
PAUSE = 0.2  # seconds between two looks at the memory
DAY = 50_000_000  # packets of eight hours
GENERATOR = lab.BUILT / "benchgen"


@dataclass
class Measured:
    sent: int = 0
    received: int = 0
    dropped: int = 0
    busy: int = 0  # ns of CPU while frames came, of all threads
    memory: list = field(default_factory=list)  # resident kB, several times a second


def busy(process):
    tasks = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def resident(process):
    """Nothing once the process has ended."""
    return [int(size) for size in re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())]


@contextmanager
def watched(process, measured):
    """Measures the process while frames come."""
    over = threading.Event()

    def watch():
        while not over.wait(PAUSE):
            measured.memory += resident(process)

    watcher = threading.Thread(target=watch)
    before = busy(process)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        measured.busy = busy(process) - before


def tcpdump(client, server, rate, seconds):
    measured = Measured()
    command = ["tcpdump", "-n", "-i", server.interface, "-s", "128", "-w", "/dev/null"]
    with server.start(command, stderr=subprocess.PIPE) as process:
        while "listening on" not in process.stderr.readline():
            pass
        with watched(process, measured):
            measured.sent = send_frames(client, rate, seconds)
        process.terminate()
        told = process.communicate(timeout=PATIENCE)[1]
    # The frames of a block of the ring that is not full yet are not "captured" when tcpdump ends.
    measured.received = int(re.search(r"(\d+) packets? received by filter", told)[1])
    measured.dropped = int(re.search(r"(\d+) packets? dropped by kernel", told)[1])
    measured.received -= measured.dropped
    return measured


def live(client, server, rate, seconds, *options):
    measured = Measured()
    with tempfile.TemporaryDirectory() as folder:
        options = [folder if option == "FOLDER" else option for option in options]
        with Live(server, folder, *options) as run:
            with watched(run.process, measured):
                measured.sent = send_frames(client, rate, seconds)
            run.end()
            measured.received = run.report["capture"]["packets"]
            measured.dropped = run.report["capture"]["interfaces"][0]["reported_drops"]
    return measured


def day(packets, *options):
    """Eight hours of packet time, through a pipe as fast as live mode takes them."""
    measured = Measured(sent=packets)
    with tempfile.TemporaryDirectory() as folder:
        pipe, report = Path(folder) / "day", Path(folder) / "report.json"
        os.mkfifo(pipe)
        command = [lab.PROGRAM, "live", "--replay", pipe, "--quiet", "-o", report, *options]
        with subprocess.Popen(command) as process:
            with watched(process, measured):
                generate = [GENERATOR, "day", pipe, "--packets", str(packets)]
                subprocess.run(generate, stdout=subprocess.DEVNULL, check=True)
        measured.received = json.loads(report.read_text())["capture"]["packets"]
    return measured


PROGRAMS = {
    "tcpdump": tcpdump,
    "tcptriage live": live,
    "tcptriage live --write": lambda *load: live(*load, "--write", "FOLDER"),
}


def main():
    try:
        lab.enter_own_world()
    except unittest.SkipTest:
        return  # it has been said why
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else RATE
    print(f"{rate:,.0f} frames of 54 to 70 bytes a second, for {seconds:g} s")
    print(f"{'':24}{'sent':>12}{'received':>12}{'dropped':>10}{'ns/frame':>10}{'MB, early':>11}{'late':>8}")
    for name, measure in PROGRAMS.items():
        with pair() as hosts:
            tell(name, measure(*hosts, rate, seconds))
    tell("eight hours replayed", day(DAY))


def tell(name, found):
    early, late = found.memory[len(found.memory) // 4] / 1024, found.memory[-1] / 1024
    print(f"{name:24}{found.sent:12,}{found.received:12,}{found.dropped:10,}{found.busy / found.sent:10.0f}"
          f"{early:11.1f}{late:8.1f}", flush=True)


if __name__ == "__main__":
    main()
