"""Small frames on a veth pair: what tcpdump and live mode lose, cost and need. `bench.py [SECONDS [RATE]]`"""
import re
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import lab
from tool import PATIENCE, Live
from veth import pair, send_frames

RATE, SECONDS = 300_000, 30


@dataclass
class Measured:
    sent: int = 0
    received: int = 0
    dropped: int = 0
    busy: int = 0  # ns of CPU while frames came, of all threads
    memory: list = field(default_factory=list)  # resident kB, twice a second


def busy(process):
    tasks = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def resident(process):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])


@contextmanager
def watched(process, measured):
    """Measures the process while frames come."""
    over = threading.Event()

    def watch():
        while not over.wait(0.5):
            measured.memory.append(resident(process))

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


PROGRAMS = {
    "tcpdump": tcpdump,
    "tcptriage live": live,
    "tcptriage live --write": lambda *load: live(*load, "--write", "FOLDER"),
}


def main():
    lab.enter_own_world()
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else RATE
    print(f"{rate:,.0f} frames of 54 to 70 bytes a second, for {seconds:g} s")
    print(f"{'':24}{'sent':>12}{'received':>12}{'dropped':>10}{'ns/frame':>10}{'MB at 1 s':>11}{'at the end':>11}")
    for name, measure in PROGRAMS.items():
        with pair() as hosts:
            found = measure(*hosts, rate, seconds)
        print(f"{name:24}{found.sent:12,}{found.received:12,}{found.dropped:10,}{found.busy / found.sent:10.0f}"
              f"{found.memory[1] / 1024:11.1f}{found.memory[-1] / 1024:11.1f}")


if __name__ == "__main__":
    main()
