"""Two hosts, each a network namespace, and a veth pair between them."""
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import lab  # noqa: F401
from network import CLIENT, SERVER, Namespace, ip

HERE = Path(__file__).parent


class Host(Namespace):
    program = HERE / "ends.py"

    def __init__(self, name):
        super().__init__(name, f"veth-{name}")
        self.keeper = self.start(["sleep", "infinity"])  # shows the namespace's /proc/net

    @property
    def proc(self):
        return Path(f"/proc/{self.keeper.pid}/net")

    def remove(self):
        self.keeper.kill()
        self.keeper.wait()
        super().remove()


    def slow_down(self, rate):
        """Lets the host send at `rate`, as tc names it: slow links take small packets, one by one."""
        limit = ["rate", rate, "burst", "3000" if rate.endswith("mbit") else "100", "latency", "1s"]
        self.run(["tc", "qdisc", "add", "dev", self.interface, "root", "tbf", *limit])


@contextmanager
def pair(sysctl=(), link=("", ""), client_ttl=64):
    """Client and server; `link` says how fast each can send, `client_ttl` with which hop limit the client does."""
    hosts = []
    try:
        hosts += [Host(CLIENT), Host(SERVER)]
        client, server = hosts
        ip("link", "add", client.interface, "netns", CLIENT, "type", "veth",
           "peer", "name", server.interface, "netns", SERVER)
        for host, rate in zip(hosts, link):
            # One frame is one segment, as on a wire.
            ip("-n", host.name, "link", "set", host.interface, "gso_max_segs", "1")
            host.settle_in(sysctl)
            if rate:
                host.slow_down(rate)
        client.run(["sysctl", "-qw", f"net.ipv4.ip_default_ttl={client_ttl}"])
        yield client, server
    finally:
        for host in hosts:
            host.remove()


def send_frames(host, rate, seconds, then=lambda: None):
    """Sends frames out of the host, as load.py does, and does what comes `then` at once; how many they were."""
    command = [sys.executable, "-B", str(HERE / "load.py"), host.interface, str(rate), str(seconds)]
    with host.start(command, stdout=subprocess.PIPE) as process:
        told = process.stdout.readline()
        then()
    return int(told.split()[0])
