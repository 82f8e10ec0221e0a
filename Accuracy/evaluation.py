"""Runs a program over one scenario in all mutilations and keeps what came of it."""

import os
import tempfile
from typing import NamedTuple

import capture
from metrics import Score
from mutilations import ORIGINAL, mutilate
from steadiness import Steadiness
from truth import SIDES, Scenario
from verdicts import SILENCE

# What remains of the captures when frames are missing has fewer probes than the kernel counted.
PROBES_MISSING = {"late-start", "received-only"}


class Outcome(NamedTuple):
    score: Score
    steadiness: Steadiness


def evaluate(task):
    """`task`: folder of a scenario, function that asks a program, the program, names of mutilations.

    Returns an `Outcome` for each mutilation. The original is always asked about: all else is compared with it.
    """
    folder, ask, program, names = task
    scenario = Scenario(folder)
    outcomes = {name: Outcome(Score(), Steadiness()) for name in names}
    with tempfile.TemporaryDirectory() as workshop:
        for side in SIDES:
            view = SideView(scenario, side, ask, program, os.path.join(workshop, "capture.pcap"))
            for name in names:
                view.examine(name, outcomes[name])
    return outcomes


class SideView:
    """One capture of a scenario and what the program says of it."""

    def __init__(self, scenario, side, ask, program, path):
        self.scenario, self.side, self.ask, self.program, self.path = scenario, side, ask, program, path
        self.rows = scenario.rows[side]
        self.frames = capture.read(scenario.capture(side))
        if len(self.frames) != len(self.rows):
            raise ValueError(f"{scenario.capture(side)}: {len(self.frames)} frames, {len(self.rows)} rows of truth")
        self.segments = [capture.carried(frame) for frame in self.frames]
        self.original = self.said(mutilate(ORIGINAL, self.frames, self.rows, ""))

    def said(self, kept):
        capture.write(self.path, [one.frame for one in kept])
        return self.ask(self.program, self.path, [(one.frame.time, self.segments[one.origin]) for one in kept])

    def examine(self, name, outcome):
        kept = mutilate(name, self.frames, self.rows, f"{self.scenario.name}/{self.side}")
        said = self.original if name == ORIGINAL else self.said(kept)
        visible = capture.repeats([self.segments[one.origin] for one in kept])
        found, steadiness = 0, Steadiness(f"{self.scenario.name}/{self.side}")
        for number, (one, seen) in enumerate(zip(kept, visible), 1):
            row, verdict = self.rows[one.origin], said.get(number, SILENCE)
            outcome.score.frame(one, row, verdict, seen, self.scenario.quiet)
            steadiness.frame(one, number, row, self.original.get(one.origin + 1, SILENCE), verdict)
            found += row.sent_here and not one.copy and verdict.kind == "window-probe"
        if name not in PROBES_MISSING:
            outcome.score.probes(self.scenario.probes[self.side], found)
        outcome.steadiness.add(steadiness)
