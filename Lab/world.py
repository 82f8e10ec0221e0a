"""A world of its own: network, mount and process namespaces. Whatever ends it, nothing of it is left."""
import os
import shutil
import signal
import subprocess
import sys

OWN_WORLD = "TCPTRIAGE_LAB"
UNSHARE = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


def obstacle(tools, devices=()):
    """Why there can be no such world here, if so; `tools` are programs that it needs, `devices` files."""
    if sys.platform != "linux":
        return "it needs Linux"
    if os.geteuid() != 0:
        return "it needs root, for network namespaces"
    missing = [tool for tool in ("unshare", *tools) if not shutil.which(tool)]
    if missing:
        return f"it needs {' and '.join(missing)} (scripts/setup lab)"
    for device in devices:
        if not os.path.exists(device):
            return f"this kernel has no {device}"
    if subprocess.run([*UNSHARE, "true"], stderr=subprocess.DEVNULL).returncode:
        return "this system allows no new namespaces"
    return None


def enter():
    """Starts this program again in a world of its own; there, makes room for the namespaces' names."""
    if OWN_WORLD not in os.environ:
        os.environ[OWN_WORLD] = "to be arranged"
        sys.stdout.flush()
        os.execvp(UNSHARE[0], [*UNSHARE, sys.executable, *sys.orig_argv[1:]])
    if os.environ[OWN_WORLD] == "arranged":
        return
    # The first process of a namespace hears only signals that it has a handler for.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)  # seen only here
    os.environ[OWN_WORLD] = "arranged"
