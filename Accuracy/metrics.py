"""The figures A1 to A12: what was said of each frame against what it was."""

from collections import Counter, defaultdict

from truth import REJECTED

TIMER = {"syn", "synack", "rto", "rto-recovery", "tlp"}
CAUSES = TIMER | {"fast"}
# The causes whose recalls A5 averages.
KINDS = ("rto", "rto-recovery", "fast", "tlp")

# Name, what it is, aim. The figures are percentages but for A11.
METRICS = {
    "A1": ("is retransmission, sender, F1", ">= 99.5"),
    "A2": ("is retransmission, receiver, F1", ">= 90"),
    "A3r": ("recall of the visible ones, receiver", ">= 95"),
    "A3p": ("precision, receiver", ">= 95"),
    "A4": ("cause, coarse (fast or timer), sender", ">= 95"),
    "A5": ("cause, mean recall of rto, rto-recovery, fast, tlp, sender", ">= 90"),
    "A6s": ("spurious, sender, F1", ">= 80"),
    "A6r": ("spurious, receiver, F1", ">= 80"),
    "A6k": ("spurious, receiver, F1, with what the kernel dropped as old", "-"),
    "A7": ("late original is reordering, receiver, F1", ">= 95"),
    "A8": ("network duplicate is not a retransmission, receiver", ">= 90"),
    "A9": ("rejected by the receiver, F1", ">= 95"),
    "A11s": ("false alarms where nothing was sent again, sender", "0"),
    "A11r": ("false alarms where nothing was sent again, receiver", "0"),
    "A12": ("window probes told from keep-alives", "100"),
    "copies": ("second record of a frame is called a copy", "100"),
}
# Figures of which less is better.
COUNTS = {"A11s", "A11r"}


def ratio(part, whole):
    return 100 * part / whole if whole else None


def f1(count):
    return ratio(2 * count["tp"], 2 * count["tp"] + count["fp"] + count["fn"])


class Score:
    """Counts of said and true, in tables of counters, so that the scores of scenarios can be added up."""

    def __init__(self):
        self.counts = defaultdict(Counter)

    def add(self, other):
        for name, count in other.counts.items():
            self.counts[name].update(count)

    def tally(self, name, said, true):
        self.counts[name]["tp" if said and true else "fp" if said else "fn" if true else "tn"] += 1

    def share(self, name, right):
        self.counts[name]["all"] += 1
        self.counts[name]["right"] += bool(right)

    def frame(self, kept, row, said, visible, quiet):
        """Counts one frame; `visible`: its bytes or later ones had been seen before in this capture."""
        if kept.copy:
            self.share("copies", said.kind == "capture-duplicate")
            if row.occupies:
                self.retransmission(row.view, said, False, quiet)
            return
        if row.view == "receiver":
            self.tally("rejected", said.rejected != "", row.drop in REJECTED)
        if row.occupies:
            self.retransmission(row.view, said, row.resent, quiet)
            self.details(kept, row, said, visible)

    def retransmission(self, view, said, true, quiet):
        again = said.kind == "retransmission"
        self.tally(f"again, {view}", again, true)
        if quiet:
            self.counts["alarms"][view] += again

    def details(self, kept, row, said, visible):
        again = said.kind == "retransmission"
        self.tally(f"spurious, {row.view}", again and said.spurious, row.spurious)
        if row.view == "receiver":
            self.tally("needless", again and (said.spurious or said.crossed), row.needless)
            if row.resent and visible:
                self.share("visible", again)
            # What the capture itself moved may be called reordered or not.
            if row.late or not kept.moved:
                self.tally("late", said.kind == "reordered", row.late)
            if row.netdup:
                self.share("netdup", not again)
        elif row.resent and row.cause in CAUSES:
            self.share("coarse", again and said.cause and (said.cause in TIMER) == (row.cause in TIMER))
            self.share(f"cause {row.cause}", again and said.cause == row.cause)

    def probes(self, sent, found):
        """What the kernel counted, and what was found among the frames it sent."""
        self.counts["probes"].update(all=sent, right=min(sent, found), false=max(0, found - sent))

    def figures(self):
        """Percentages by name, None where the captures hold nothing to judge."""
        count = self.counts
        recalls = [ratio(count[f"cause {kind}"]["right"], count[f"cause {kind}"]["all"]) for kind in KINDS]
        recalls = [recall for recall in recalls if recall is not None]
        receiver = count["again, receiver"]

        def right(name):
            return ratio(count[name]["right"], count[name]["all"])

        def alarms(view):
            return count["alarms"][view] if view in count["alarms"] else None

        return {
            "A1": f1(count["again, sender"]),
            "A2": f1(receiver),
            "A3r": right("visible"),
            "A3p": ratio(receiver["tp"], receiver["tp"] + receiver["fp"]),
            "A4": right("coarse"),
            "A5": sum(recalls) / len(recalls) if recalls else None,
            "A6s": f1(count["spurious, sender"]),
            "A6r": f1(count["spurious, receiver"]),
            "A6k": f1(count["needless"]),
            "A7": f1(count["late"]),
            "A8": right("netdup"),
            "A9": f1(count["rejected"]),
            "A11s": alarms("sender"),
            "A11r": alarms("receiver"),
            "A12": right("probes"),
            "copies": right("copies"),
        }
