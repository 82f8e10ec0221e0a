"""Two hosts, each a network namespace with one TUN device; the box between them holds the devices' other ends."""
import fcntl
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

CLIENT, SERVER = "client", "server"
ADDRESS = {CLIENT: "10.0.0.1", SERVER: "10.0.0.2"}
SNAP_LENGTH = 128
HERE = Path(__file__).parent
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
LISTEN, TIME_WAIT = "0A", "06"  # as /proc/net/tcp names states


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def tun(name):
    """A new TUN device, gone when the file is closed. It has no offloads, so each captured frame is one segment."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


class Namespace:
    """A host: a network namespace of its own, so that nothing of an earlier scenario is in it."""

    program = HERE / "hosts.py"

    def __init__(self, name, interface):
        self.name = name
        self.interface = interface
        self.address = ADDRESS[name]
        self.peer = ADDRESS[SERVER if name == CLIENT else CLIENT]
        self.tcpdump = None
        ip("netns", "add", name)

    def remove(self):
        if self.tcpdump:
            self.tcpdump.kill()
            self.tcpdump.wait()
        ip("netns", "delete", self.name)

    def settle_in(self, sysctl):
        """Sets the kernel and brings the interface up."""
        self.run(["sysctl", "-eqw", "net.ipv6.conf.all.disable_ipv6=1", *sysctl])
        ip("-n", self.name, "address", "add", self.address, "peer", self.peer, "dev", self.interface)
        # The device's own queue must never be where packets are lost: that would be after the capture.
        ip("-n", self.name, "link", "set", self.interface, "up", "txqueuelen", "10000")

    def start(self, command, **options):
        return subprocess.Popen(["ip", "netns", "exec", self.name, *command], text=True, **options)

    def run(self, command):
        with self.start(command) as process:
            if process.wait():
                raise RuntimeError(f"{' '.join(command)} failed")

    def play(self, part):
        """Starts the host's program, and returns when it is ready (a server: listens); `go` lets it begin."""
        process = self.start([sys.executable, str(self.program), part], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"the {self.name}'s program did not start")
        return process

    def capture(self, path):
        """Starts tcpdump. Without --immediate-mode it would lose its last packets when it is stopped."""
        command = ["tcpdump", "-Z", "root", "-n", "-U", "--immediate-mode", "-B", "16384", "-s", str(SNAP_LENGTH)]
        self.tcpdump = self.start([*command, "-i", self.interface, "-w", str(path)], stderr=subprocess.PIPE)
        for line in self.tcpdump.stderr:
            if "listening on" in line:
                return
        raise RuntimeError("tcpdump did not start")

    def stop_capture(self):
        self.tcpdump.terminate()
        words = self.tcpdump.stderr.read()
        self.tcpdump.wait()
        if "\n0 packets dropped by kernel" not in words:
            raise RuntimeError(f"tcpdump lost packets: {words}")

    @property
    def proc(self):
        """The namespace's part of /proc/net, seen through the process that captures in it."""
        return Path(f"/proc/{self.tcpdump.pid}/net")

    def counters(self):
        """TCP's counters by name, as `nstat` prints them but for the prefix TcpExt."""
        found = {}
        for file in ("snmp", "netstat"):
            lines = (self.proc / file).read_text().splitlines()
            for names, values in zip(lines[::2], lines[1::2]):
                group, *names = names.split()
                if group in ("Tcp:", "TcpExt:"):
                    prefix = "Tcp" if group == "Tcp:" else ""
                    found.update((prefix + name, int(value)) for name, value in zip(names, values.split()[1:]))
        # These tell a state, they do not count.
        for name in ("TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn", "TcpCurrEstab"):
            found.pop(name, None)
        return found

    def busy(self):
        """Whether a socket is left that may still send."""
        rows = (self.proc / "tcp").read_text().splitlines()[1:]
        return any(row.split()[3] not in (LISTEN, TIME_WAIT) for row in rows)


def go(program):
    program.stdin.write("go\n")
    program.stdin.flush()


class Host(Namespace):
    """A namespace with one TUN device."""

    def __init__(self, name, sysctl):
        super().__init__(name, f"tun-{name}")
        self.device = tun(self.interface)
        ip("link", "set", self.interface, "netns", name)
        self.settle_in(sysctl)

    def remove(self):
        os.close(self.device)
        super().remove()


def settle(hosts, patience):
    """Waits until nobody will send any more; False when that does not come about."""
    end = time.monotonic() + patience
    before = None
    while time.monotonic() < end:
        time.sleep(0.15)
        now = [host.counters() for host in hosts]
        if now == before and not any(host.busy() for host in hosts):
            return True
        before = now
    return False
