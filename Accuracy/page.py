"""ACCURACY.md: what was measured, the figures, and what the words mean."""

from metrics import COUNTS, METRICS
from mutilations import MUTILATIONS, ORIGINAL
from steadiness import CLAIMS, FALSE, RIGHT, UNSURE, WRONG

# Where scripts/readme finds the table that it quotes.
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

# Figures that the mutilated captures are compared by; the rest is in --json.
SHOWN = ("A1", "A2", "A3r", "A3p", "A4", "A5", "A6s", "A6r", "A6k", "A7", "A8", "A9", "A11s", "A11r", "A12", "copies")

INTRODUCTION = """# How right the verdicts are

Written by `make accuracy`; edits by hand are lost. The same captures and the same program give the same bytes.

{scenarios} scenarios (`kernel-*`), {quiet} of them without any retransmission, were played by real Linux kernels and
captured at both hosts. The kernels told of every frame why it was sent again and whether it was thrown away
(`truth.*.tsv.gz`, [README.md](README.md)). Here each capture is judged alone, and what `tcptriage show segments` says
of each frame is compared with that.

* **sender**: frames in the capture of the host that sent them; **receiver**: the same frames in the other capture.
* What counts is a frame with data, SYN or FIN; for A9 any frame that was received.
* **F1** is the harmonic mean of recall (how many were found) and precision (how many of those said were right).
  Figures are percentages, but for A11, which counts false alarms.
* **Visible** (A3r): the capture had shown the resent bytes, or later ones, before. All others can only be guessed.
* **Cause** (A4, A5): a cause that is not claimed counts as not found.
* **Spurious**: every byte had been delivered before. The account does not call a retransmission so that came less than
  20 ms after its late original (they crossed; the path had reordered them), although the receiving kernel threw it
  away as old. tcptriage names these `crossed-original`; A6k counts them as spurious, too.
* **Late**: original data that the network let fall behind.
* The thresholds were chosen with these captures in sight. Expect somewhat less elsewhere.
"""

DAMAGE = """## In damaged captures

What analysts are handed is rarely a whole capture. The same frames once more, with these things done to the files:
"""

STEADINESS = """### Wrong, or only less sure

A damaged capture must not make a verdict wrong; it may make it less sure. Of all verdicts that are right in the
original capture (that a frame is a retransmission, its cause, that it was spurious, rejected and why, or only late),
and whose frames are still there:

* **right**: said again.
* **unsure**: nothing is said any more, or no cause, or with confidence `possible`.
* **wrong**: something else is said, with confidence `likely` or `certain`: another cause or reason, or that a
  retransmission is a copy, a probe or reordering.
* **new false claims**: said with confidence `likely` or `certain` of any frame, denied by the kernel, and not said of
  it in the original capture. A frame that the capture holds twice is sent once: its second record is a
  `capture-duplicate` and nothing else (column `copies` above: how many were called so). Frames of a storm are often
  alike to the last byte; which of them is the copy cannot be told, but how many are.

Shares are of all verdicts, and of all rejections; wrong verdicts are counted.
"""


def shown(name, value):
    if value is None:
        return "-"
    return str(value) if name in COUNTS else f"{value:.1f}"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def best_peer(peers, name):
    """The better peer's figure and its name; of counts, where less is said by who looks less, all peers."""
    figures = [(peers[peer]["figures"][ORIGINAL].get(name), peer) for peer in sorted(peers, reverse=True)]
    figures = [figure for figure in figures if figure[0] is not None]  # peers.json may be older than a figure
    if name not in COUNTS:
        figures = [max(figures)] if figures else []
    return ", ".join(f"{shown(name, value)} ({peer})" for value, peer in figures) or "-"


def main_table(total, peers):
    """Figures of the captures as they are, beside the aims and the better peer."""
    figures = total[ORIGINAL].score.figures()
    rows = [
        [name, what, aim, shown(name, figures[name]), best_peer(peers, name)]
        for name, (what, aim) in METRICS.items()
        if name != "copies"
    ]
    return table(["", "What", "Aim", "tcptriage", "Best peer"], rows)


def mutilation_list():
    items = [(name, what) for name, (what, _) in MUTILATIONS.items() if name != ORIGINAL]
    return "\n".join(f"* `{name}`: {what}" for name, what in items)


def damaged_table(total):
    rows = []
    for mutilation, outcome in total.items():
        figures = outcome.score.figures()
        rows.append([f"`{mutilation}`", *(shown(name, figures[name]) for name in SHOWN)])
    return table(["", *SHOWN], rows)


def peer_table(total, peers):
    """A1 and A2 beside each other: the only questions that all three programs answer."""
    names, rows = sorted(peers, reverse=True), []
    for mutilation, outcome in total.items():
        figures = outcome.score.figures()
        cells = [f"`{mutilation}`"]
        for name in ("A1", "A2"):
            others = [peers[peer]["figures"].get(mutilation, {}).get(name) for peer in names]
            cells += [shown(name, value) for value in (figures[name], *others)]
        rows.append(cells)
    return table(["", *(f"{name} {who}" for name in ("A1", "A2") for who in ("tcptriage", *names))], rows)


def steadiness_table(total):
    """Rejections stand apart: the ACK storms have so many that nothing else would be seen."""
    rows = []
    for mutilation, outcome in total.items():
        if mutilation == ORIGINAL:
            continue
        found = outcome.steadiness
        cells = shares(found, [claim for claim in CLAIMS if claim != "rejected"]) + shares(found, ["rejected"])
        rows.append([f"`{mutilation}`", *cells, by_claim(found, WRONG), by_claim(found, FALSE)])
    heads = [head for what in ("verdicts", "rejections") for head in (what, RIGHT, UNSURE, WRONG)]
    return table(["", *heads, "which are wrong", "new false claims"], rows)


def shares(found, claims):
    """Number of verdicts of these sorts, share that stays right, share that becomes unsure, number that turns wrong."""
    right, unsure, wrong = (sum(found.counts[claim, answer] for claim in claims) for answer in (RIGHT, UNSURE, WRONG))
    held = right + unsure + wrong
    if not held:
        return ["-"] * 4
    return [f"{held:,}", f"{100 * right / held:.1f} %", f"{100 * unsure / held:.1f} %", f"{wrong:,}"]


def by_claim(found, answer):
    counts = sorted((-count, claim) for (claim, given), count in found.counts.items() if given == answer)
    return ", ".join(f"{claim} {-count:,}" for count, claim in counts) or "none"


def render(total, peers, scenarios, quiet):
    versions = " and ".join(f"{peer} {peers[peer]['version']}" for peer in sorted(peers, reverse=True))
    beside = f"""Peers: {versions}, asked for the same in the same words, as far as they have a word (of
tshark what is not a fast retransmission counts as a timer's). Their figures are kept in `Accuracy/peers.json`;
`make accuracy PEERS=1` measures them anew where both are installed."""
    parts = [
        INTRODUCTION.format(scenarios=scenarios, quiet=quiet),
        BEGIN + "\n" + main_table(total, peers) + "\n" + END + "\n",
        (beside if peers else "The peers' figures are not there; `make accuracy PEERS=1` measures them.") + "\n",
        DAMAGE,
        mutilation_list() + "\n",
        damaged_table(total) + "\n",
        "Beside the peers:\n",
        peer_table(total, peers) + "\n",
        STEADINESS,
        steadiness_table(total) + "\n",
        "`make accuracy WRONG=FILE` lists every verdict of the last two columns, `JSON=FILE` writes all counts.\n",
    ]
    return "\n".join(parts)
