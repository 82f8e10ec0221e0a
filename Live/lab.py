"""The way to the kernel lab's modules, which these tests share."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "Lab"), str(ROOT / "Browser")]
