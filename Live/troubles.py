"""The trouble that live mode must find: what both hosts do, and which counters must move to prove that it happened.

A counter in `proof` may be followed by how far it must move at least."""
from dataclasses import dataclass

import lab  # noqa: F401
from scenarios import Scenario


@dataclass(frozen=True)
class Trouble(Scenario):
    rule: str = ""  # what must be said about it while it happens
    report: tuple = ()  # what the report, which knows the whole, says instead or as well
    seen_by: str = "server"  # where tcptriage runs
    owner: str = ""  # the program whose socket it is about; empty: none has one long enough to be found for sure
    counter: str = ""  # the kernel's count that must be told with it
    client_ttl: int = 64  # a lower one tells that the client is behind routers, the server near
    link: tuple = ("", "")  # what client and server can send, as tc names rates; empty: as fast as it goes


TROUBLES = {
    trouble.name: trouble
    for trouble in (
        Trouble(
            "lossy_transfer", "1 of 6 packets lost for 2.5 s",
            "connect, pace 1000000, send 2500000, shut, read, close", "accept, lose 6, read, send 100, close",
            rule="retransmission-rate", counter="TcpRetransSegs",
            seen_by="client", owner="client",
            proof=("client TcpRetransSegs 100", "client TCPFastRetrans", "server TCPOFOQueue"),
        ),
        Trouble(
            "zero_window", "the server's program reads nothing for 3 s", "connect, send 300000, shut, read, close",
            "accept, sleep 3, read, send 100, close", receive_buffer=32768,
            rule="zero-window", counter="TcpExtTCPToZeroWindowAdv", owner="server",
            proof=("server TCPToZeroWindowAdv", "client TCPWinProbe", "server TCPFromZeroWindowAdv"),
        ),
        Trouble(
            "refused", "20 connections to a closed port", "connect 20", "",
            rule="connection-refused", counter="TcpAttemptFails", seen_by="client",
            proof=("client TcpAttemptFails 20", "server TcpOutRsts 20"),
        ),
        Trouble(
            "full_listener", "12 connections, a queue for four, nobody accepts: SYNs and last ACKs ignored",
            "connect 3, connect 9", "sleep 5", backlog=3, syn_retries=1, client_ttl=60, link=("", "64kbit"),
            sysctl=("net.ipv4.tcp_syncookies=0", "net.ipv4.tcp_syn_linear_timeouts=0"),
            rule="listen-overflow", counter="TcpExtListenOverflows", owner="server",
            proof=("server ListenOverflows 8", "server ListenDrops", "client TCPSynRetrans", "server TcpRetransSegs 3"),
        ),
        Trouble(
            "old_timestamps", "40 data segments with old timestamps",
            "connect, send 1000, read 100, sleep 0.3, age 40, sleep 0.3, send 10000, shut, read, close",
            "accept, read 1000, send 100, read, close", rule="paws-reject", counter="TcpExtPAWSEstab", owner="server",
            proof=("server PAWSEstab 40",),
        ),
        Trouble(
            "ack_loop", "both hosts take the other's timestamps for old, and the limiter is off",
            "connect, read 100, send 100, sleep 0.3, postdate, sleep 0.3, send 100, sleep 3, abort",
            "accept, send 100, read 100, sleep 0.3, postdate, read 100",
            sysctl=("net.ipv4.tcp_invalid_ratelimit=0",), link=("5mbit", "5mbit"),
            rule="ack-storm", report=("ack-storm", "paws-reject"), counter="TcpExtPAWSEstab", owner="server",
            proof=("client PAWSEstab 1000", "server PAWSEstab 1000"),
        ),
        Trouble(
            "ack_loop_of_numbers", "both hosts lose count of what they sent, and the limiter is off",
            "connect, read 100, send 100, sleep 0.3, desynchronize, sleep 3, abort",
            "accept, send 100, read 100, sleep 0.3, desynchronize, sleep 3, abort",
            sysctl=("net.ipv4.tcp_invalid_ratelimit=0",), link=("5mbit", "5mbit"),
            rule="ack-storm", counter="TcpInSegs", owner="server",
            proof=("client TcpOutSegs 1000", "server TcpOutSegs 1000"),
        ),
    )
}
