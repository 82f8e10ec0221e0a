"""Makes reports of archived captures with the program of this repository."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ARCHIVE = os.path.join(ROOT, "captures")


def program():
    """`TCPTRIAGE`, or what was built last."""
    built = [os.path.join(ROOT, ".build", kind, "tcptriage") for kind in ["release", "debug"]]
    known = [os.environ["TCPTRIAGE"]] if "TCPTRIAGE" in os.environ else list(filter(os.path.exists, built))
    if not known:
        raise FileNotFoundError("There is no program to test; run `make build`.")
    return max(known, key=os.path.getmtime)


def capture_of(case):
    """The capture of an archived case, as a path from the root; of two the client's."""
    names = sorted(name for name in os.listdir(os.path.join(ARCHIVE, case)) if ".pcap" in name)
    return os.path.join("captures", case, names[0])


def make(capture, *outputs, options=()):
    """Reports of `capture`, one for each of `outputs`."""
    arguments = [argument for output in outputs for argument in ("-o", output)]
    subprocess.run([program(), capture, "--quiet", *options, *arguments], cwd=ROOT, check=True)
