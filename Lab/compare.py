"""Sets what tcptriage predicts from a capture beside what the capturing kernel counted."""
import json
import shlex
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    counter: str
    predicted: int
    kernel: int
    verdict: str  # equal, differs, holds (at least), too high (at least), estimate, not counted here

    @property
    def wrong(self):
        return self.verdict in ("differs", "too high")


def verdict(certainty, predicted, kernel):
    """An exact prediction must be the kernel's count, a lower bound must not exceed it, an estimate is only shown."""
    if certainty == "exact":
        return "equal" if predicted == kernel else "differs"
    if certainty == "at-least":
        return "holds" if predicted <= kernel else "too high"
    if certainty == "estimate":
        return "estimate"
    raise ValueError(f"unknown certainty: {certainty}")


def rows(report, host, kernel):
    """One row for each counter that the report predicts for the host.

    Raises LookupError when the report has no prediction for the host: silence must not pass for agreement.
    """
    for entry in report["counters"]:
        if entry["host"] == host:
            return [row(one, kernel) for one in entry["counters"]]
    raise LookupError(f"no prediction for {host}")


def row(one, kernel):
    """What became of one predicted counter; one that this kernel does not have cannot be wrong."""
    name, predicted = one["name"], one["value"]
    if name not in kernel:
        return Row(name, predicted, 0, "not counted here")
    return Row(name, predicted, kernel[name], verdict(one["certainty"], predicted, kernel[name]))


def can_predict(tool):
    """Whether this tcptriage knows --counters."""
    try:
        answer = subprocess.run(shlex.split(tool) + ["--help"], capture_output=True, text=True)
    except OSError:
        return False
    return "--counters" in answer.stdout


def report(tool, capture):
    """The report on one capture, with predicted counters."""
    command = shlex.split(tool) + [str(capture), "--counters", "--format", "json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
