"""The way to the kernel lab's modules, which these tests share, and into a world of its own."""
import os
import signal
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "Lab"))
import world  # noqa: E402

BUILT = ROOT / ".build/release"
# Time and load are measured, so only what was built for use will do.
PROGRAM = os.environ.get("TCPTRIAGE", str(BUILT / "tcptriage"))
told = False


def enter_own_world():
    """Makes sure that the tests run as root in namespaces of their own; where that cannot be, they are skipped."""
    global told
    reason = world.obstacle(("ip", "tc", "tcpdump", "sysctl", "setpriv"))
    if reason:
        if not told:
            print(f"live mode: not tested: {reason}.", file=sys.stderr)
            told = True
        raise unittest.SkipTest(reason)
    world.enter()
    # Who starts this in the background of a script has it ignored, and the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # How soon things are told is measured: less urgent work of the machine must not count.
    os.setpriority(os.PRIO_PROCESS, 0, min(0, os.getpriority(os.PRIO_PROCESS, 0)))
