"""Scores tcptriage's verdict on every segment against a kernel's own account of it, and writes ACCURACY.md.

python3 Accuracy --program .build/release/tcptriage [--json FILE] [--wrong FILE] [--peers]
"""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor

import page
import verdicts
from evaluation import Outcome, evaluate
from metrics import Score
from mutilations import MUTILATIONS
from steadiness import Lapse, Steadiness
from truth import Scenario, scenarios

HERE = os.path.dirname(os.path.abspath(__file__))
ARCHIVE = os.path.join(os.path.dirname(HERE), "captures")
PEERS = {"tshark": verdicts.tshark, "tcptrace": verdicts.tcptrace}


def arguments():
    parser = argparse.ArgumentParser(prog="Accuracy", description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="tcptriage")
    parser.add_argument("--archive", default=ARCHIVE, help="folder with scenarios and their truth")
    parser.add_argument("--page", help="write the page here (default: ACCURACY.md in the archive)")
    parser.add_argument("--json", help="write all figures here, too")
    parser.add_argument("--wrong", help="write each verdict that is wrong in a mutilated capture here")
    parser.add_argument("--peers", action="store_true", help="run tshark and tcptrace anew (a quarter of an hour)")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def evaluation(folders, ask, program, processes):
    """An `Outcome` over all scenarios for each mutilation."""
    names = list(MUTILATIONS)
    total = {name: Outcome(Score(), Steadiness()) for name in names}
    with ProcessPoolExecutor(processes) as workers:
        for outcomes in workers.map(evaluate, [(folder, ask, program, names) for folder in folders]):
            for name, outcome in outcomes.items():
                total[name].score.add(outcome.score)
                total[name].steadiness.add(outcome.steadiness)
    return total


def peer_figures(path, folders, options):
    """Figures of the peers by name and mutilation: from the file, or measured and written there."""
    if options.peers:
        figures = {"scenarios": len(folders), "peers": {}}
        for peer, ask in PEERS.items():
            total = evaluation(folders, ask, peer, options.processes)
            scores = {name: rounded(outcome.score.figures()) for name, outcome in total.items()}
            figures["peers"][peer] = {"version": verdicts.version(peer), "figures": scores}
        write(path, json.dumps(figures, indent=1) + "\n")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            figures = json.load(file)
        # Figures over other captures are no comparison.
        if figures["scenarios"] == len(folders):
            return figures["peers"]
    return {}


def rounded(figures):
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in figures.items()}


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def summary(total):
    """All figures as plain data, for comparisons by other programs."""
    plain = {}
    for name, outcome in total.items():
        claims = {" ".join(key): count for key, count in sorted(outcome.steadiness.counts.items())}
        plain[name] = {"metrics": rounded(outcome.score.figures()), "claims": claims}
    return plain


def wrong_verdicts(total):
    lines = ["\t".join(("mutilation",) + Lapse._fields)]
    for name, outcome in total.items():
        lines += ["\t".join([name, *map(str, lapse)]) for lapse in outcome.steadiness.lapses]
    return "\n".join(lines) + "\n"


def main():
    options = arguments()
    folders = scenarios(options.archive)
    if not folders:
        sys.exit(f"accuracy: {options.archive} holds no scenario with truth.client.tsv.gz")
    try:
        total = evaluation(folders, verdicts.tcptriage, options.program, options.processes)
        peers = peer_figures(os.path.join(HERE, "peers.json"), folders, options)
    except (verdicts.ProgramFailure, FileNotFoundError) as failure:
        sys.exit(f"accuracy: {failure}")
    quiet = sum(Scenario(folder).quiet for folder in folders)
    path = options.page or os.path.join(options.archive, "ACCURACY.md")
    write(path, page.render(total, peers, len(folders), quiet))
    if options.json:
        write(options.json, json.dumps(summary(total), indent=1) + "\n")
    if options.wrong:
        write(options.wrong, wrong_verdicts(total))
    print(page.main_table(total, peers))
    print(f"\nThe whole page is {os.path.relpath(path)}.")


if __name__ == "__main__":
    main()
