"""What becomes of a verdict when the capture gets worse: it stays, falls silent, or turns wrong. That must not be."""

from collections import Counter
from typing import NamedTuple

from truth import REJECTED, REJECTIONS

CLAIMS = ("retransmission", "cause", "spurious", "rejected", "reordered")
RIGHT, UNSURE, WRONG, FALSE = "right", "unsure", "wrong", "false"

# Words that say of a segment with data that it is something else than a retransmission.
DENIALS = {"reordered", "network-duplicate", "capture-duplicate", "keep-alive", "window-probe"}


class Lapse(NamedTuple):
    """A wrong verdict, for the list."""

    place: str  # scenario and side
    claim: str
    what: str  # "turned wrong" or "new false claim"
    origin: int  # frame number in the original capture
    frame: int  # frame number in the mutilated one
    view: str
    truth: str
    before: str
    after: str


def words(said):
    parts = [said.kind or "nothing", said.cause, "spurious" if said.spurious else "", said.rejected]
    return " ".join(part for part in parts if part)


def answers(row, said):
    """What `said` answers to each question that the truth of this frame has an answer to."""
    again = said.kind == "retransmission"
    if row.resent:
        yield "retransmission", RIGHT if again else WRONG if said.kind in DENIALS else UNSURE
        if again:
            yield "cause", RIGHT if said.cause == row.cause else WRONG if said.cause else UNSURE
        else:
            yield "cause", UNSURE
    if row.spurious:
        yield "spurious", RIGHT if again and said.spurious else UNSURE
    if row.drop in REJECTED and row.view == "receiver":
        names = row.drop in REJECTIONS.get(said.rejected, ())
        yield "rejected", RIGHT if names else WRONG if said.rejected else UNSURE
    if row.late and not row.resent:
        yield "reordered", RIGHT if said.kind == "reordered" else WRONG if again or said.kind in DENIALS else UNSURE


def judged(row, said):
    """The same, where a verdict that is only possible counts as unsure, be it right or wrong."""
    return {claim: answer if said.is_sure else UNSURE for claim, answer in answers(row, said)}


def false_claims(kept, row, said):
    """What `said` claims surely, and the kernel denies."""
    if not said.is_sure:
        return set()
    again = said.kind == "retransmission"
    false = set()
    if kept.copy:
        return {said.kind} if said.kind in DENIALS - {"capture-duplicate"} or again else set()
    if again and not row.resent:
        false.add("retransmission")
    if again and row.resent and said.cause not in ("", row.cause):
        false.add("cause")
    if again and said.spurious and not row.needless:
        false.add("spurious")
    if said.rejected and row.view == "receiver" and row.drop not in REJECTED:
        false.add("rejected")
    if said.kind == "reordered" and not (row.late or row.resent or kept.moved):
        false.add("reordered")
    if said.kind in ("network-duplicate", "capture-duplicate") and not (row.netdup or row.resent or row.late):
        false.add(said.kind)
    return false


class Steadiness:
    """Counts by (claim, outcome); `FALSE` is a false claim that the original capture did not raise."""

    def __init__(self, place=""):
        self.place = place
        self.counts = Counter()
        self.lapses = []

    def add(self, other):
        self.counts.update(other.counts)
        self.lapses += other.lapses

    def frame(self, kept, number, row, before, after):
        """`before` was said of the frame in the original capture, `after` of frame `number` in this one."""
        turned = set()
        if not kept.copy:
            held = [claim for claim, answer in judged(row, before).items() if answer == RIGHT]
            outcomes = judged(row, after)
            for claim in held:
                self.counts[claim, outcomes[claim]] += 1
            turned = {claim for claim in held if outcomes[claim] == WRONG}
        new = false_claims(kept, row, after)
        if not kept.copy:
            new -= false_claims(kept, row, before) | turned
        self.counts.update((claim, FALSE) for claim in new)
        truth = "copy" if kept.copy else " ".join(filter(None, (row.label, row.spurious and "spurious", row.drop)))
        for what, claims in (("turned wrong", turned), ("new false claim", new)):
            for claim in sorted(claims):
                place = self.place, claim, what, kept.origin + 1, number, row.view
                self.lapses.append(Lapse(*place, truth, words(before), words(after)))
