"""The kernel's own account of a capture, one row per frame, and what the box and the counters say."""

import csv
import gzip
import json
import os
from typing import NamedTuple

from capture import FIN, SYN

SIDES = ("client", "server")

# Reasons for which TCP itself throws a segment away; others (no socket, a closed connection) say nothing about it.
REJECTIONS = {
    "paws": {"TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK"},
    "tsecr": {"TCP_RFC7323_TSECR"},
    "out-of-window-old": {"TCP_OLD_SEQUENCE", "TCP_TOO_OLD_ACK"},
    "out-of-window-beyond": {"TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE", "TCP_OVERWINDOW"},
    "ack-unsent": {"TCP_ACK_UNSENT_DATA"},
}
REJECTED = set().union(*REJECTIONS.values())
# Reasons that say that every byte had come before.
OLD = {"TCP_OLD_DATA", "TCP_OLD_SEQUENCE"}


class Truth(NamedTuple):
    """What one frame was."""

    sent_here: bool  # by the host that captured it
    occupies: bool  # sequence numbers: data, SYN or FIN
    cause: str = ""  # why the kernel sent it again; empty when it did not
    spurious: bool = False  # an earlier copy of all its bytes had arrived
    netdup: bool = False  # the copy was made by the network
    late: bool = False  # original data, overtaken by later data
    forged: bool = False
    drop: str = ""  # why the receiver threw it away

    @property
    def resent(self):
        return self.cause != ""

    @property
    def needless(self):
        """Spurious, or thrown away as old by the kernel that received it."""
        return self.spurious or self.resent and self.drop in OLD

    @property
    def view(self):
        return "sender" if self.sent_here else "receiver"

    @property
    def label(self):
        for flag in ("netdup", "late", "forged"):
            if not self.cause and getattr(self, flag):
                return flag
        return self.cause or "new"


def read(path):
    with gzip.open(path, "rt") as file:
        return [truth(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def truth(row):
    return Truth(
        sent_here=bool(row["sent_here"]),
        occupies=int(row["payload"] or 0) > 0 or int(row["flags"]) & (SYN | FIN) != 0,
        cause=row["rtx"].replace("_", "-"),
        spurious=bool(row["spurious"]),
        netdup=bool(row["netdup"]),
        late=bool(row["late"]),
        forged=bool(row["forged"]),
        drop=row["drop"],
    )


class Scenario:
    """One folder `kernel-NAME`: two captures, two accounts, and the counters of both hosts."""

    def __init__(self, folder):
        self.folder = folder
        self.name = os.path.basename(folder)
        self.rows = {side: read(os.path.join(folder, f"truth.{side}.tsv.gz")) for side in SIDES}
        with open(os.path.join(folder, "about.json"), encoding="utf-8") as file:
            counters = json.load(file)["counters"]
        # Counted by each host for what it sent itself.
        self.probes = {side: counters[side].get("TCPWinProbe", 0) for side in SIDES}
        # Nothing was sent twice: whoever speaks of a retransmission raises a false alarm.
        self.quiet = not any(row.resent for side in SIDES for row in self.rows[side])

    def capture(self, side):
        return os.path.join(self.folder, f"{side}.pcap.gz")


def scenarios(archive):
    folders = sorted(os.path.join(archive, name) for name in os.listdir(archive))
    return [folder for folder in folders if os.path.exists(os.path.join(folder, "truth.client.tsv.gz"))]
