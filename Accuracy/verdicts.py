"""What a program says of each frame: tcptriage itself, and for comparison tshark and tcptrace in the same words."""

import csv
import os
import re
import subprocess
import tempfile
from typing import NamedTuple


class Verdict(NamedTuple):
    kind: str = ""  # empty: nothing remarkable was said
    cause: str = ""
    spurious: bool = False
    rejected: str = ""
    confidence: str = "certain"
    crossed: bool = False  # needless, but only because its original was late

    @property
    def is_sure(self):
        return self.confidence != "possible"


SILENCE = Verdict()


class ProgramFailure(Exception):
    pass


def output(command, statuses=(0,), folder=None):
    run = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    if run.returncode not in statuses:
        last_words = run.stderr[-2000:].decode(errors="replace")
        raise ProgramFailure(f"{' '.join(command)}: exit {run.returncode}\n{last_words}")
    return run.stdout.decode(errors="replace")


def tcptriage(program, path, marks=()):
    table = output([program, "show", "segments", path, "--format", "tsv"])
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {int(row["frame"]): verdict(row) for row in rows}


def verdict(row):
    cause = "" if row["cause"] == "unknown" else row["cause"]
    crossed = "crossed-original" in (row.get("signs") or "").split()
    return Verdict(row["kind"], cause, row["spurious"] == "1", row["rejected"], row["confidence"], crossed)


FIELDS = ("retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "zero_window_probe")


def tshark(program, path, marks=()):
    command = [program, "-n", "-r", path, "-Y", "tcp.analysis.flags", "-T", "fields", "-e", "frame.number"]
    for field in FIELDS:
        command += ["-e", f"tcp.analysis.{field}"]
    said = {}
    for line in output(command).splitlines():
        number, again, fast, spurious, late, probe = (line.split("\t") + [""] * 6)[:6]
        if again:
            # It has no word for a timer's retransmission; what is not fast is taken for one.
            said[int(number)] = Verdict("retransmission", "fast" if fast else "rto", bool(spurious))
        elif late or probe:
            said[int(number)] = Verdict("reordered" if late else "window-probe")
    return said


def tcptrace(program, path, marks):
    """It tells of single segments only in its graphs; `marks` holds time and `Carried` of each frame, to find them."""
    places = {}
    for number, (time, segment) in enumerate(marks, 1):
        if segment:
            places.setdefault((segment.direction[1], segment.direction[3], time, segment.end), number)
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        output([program, "-n", "-S", os.path.abspath(path)], (0, 1), folder)
        for graph in sorted(os.listdir(folder)):
            with open(os.path.join(folder, graph), encoding="latin-1") as file:
                text = file.read()
            ports = re.search(r":(\d+)_==>_.*:(\d+) \(time", text)
            for seconds, micros, end, word in re.findall(r"^[alr]text (\d+)\.(\d+) (\d+)\n(R|O)$", text, re.M):
                key = (int(ports[1]), int(ports[2]), int(seconds) * 1_000_000 + int(micros), int(end))
                if key in places:
                    said[places[key]] = Verdict("retransmission" if word == "R" else "reordered")
    return said


def version(program):
    option = "-version" if "tcptrace" in program else "--version"
    run = subprocess.run([program, option], capture_output=True, check=False)
    found = re.search(rb"\d+\.\d+\.\d+", run.stdout + run.stderr)
    return found[0].decode() if found else "unknown"
