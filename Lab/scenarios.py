"""What is recorded: each scenario says what both hosts do, what the path does to them, and which counters must move."""
import json
from dataclasses import dataclass

from box import DOWN, UP, Rule

UPLOAD = "connect, send {}, shut, read, close"
SINK = "accept, read, send 100, close"
REQUEST = "connect, send 43440, read 100, shut, read, close"  # 30 full segments, with timestamps
ANSWER = "accept, read 43440, send 100, read, close"


@dataclass(frozen=True)
class Scenario:
    name: str
    about: str
    client: str  # steps; see hosts.py
    server: str = SINK  # empty: nobody listens
    rules: tuple = ()
    proof: tuple = ()  # "client TCPTimeouts": without a move of it, the scenario was not what it claims to be
    congestion: str = "cubic"
    sysctl: tuple = ()  # ("net.ipv4.tcp_sack=0", ...), on both hosts
    backlog: int = 64
    receive_buffer: int = 0  # of the server; 0: the kernel's own choice
    keep_alive: int = 0  # seconds, of the client
    syn_retries: int = 0  # of the client; 0: the kernel's own choice
    delay: float = 0.010  # seconds, each way
    rate: float = 40e6  # bits per second, each way
    queue: int = 400  # full packets
    seed: int = 1

    def part(self, role):
        """What a host's program is told."""
        names = ("congestion", "backlog", "receive_buffer", "keep_alive", "syn_retries")
        told = {"role": role, "steps": getattr(self, role), "port": 8080}
        return json.dumps(told | {name: getattr(self, name) for name in names})


SCENARIOS = (
    Scenario("clean", "an upload without any trouble", UPLOAD.format(1_000_000)),
    Scenario(
        "many_short", "20 connections with a small request each", "connect 20, send 300, shut, read, close",
        "accept 20, read, send 3000, close",
    ),
    Scenario(
        "loss_cubic", "1 % of data lost", UPLOAD.format(2_000_000),
        rules=(Rule("drop", UP, "data", chance=0.01),), proof=("client TCPFastRetrans",),
    ),
    Scenario(
        "loss_reno", "1 % of data lost, congestion control Reno", UPLOAD.format(1_500_000),
        rules=(Rule("drop", UP, "data", chance=0.01),), proof=("client TCPFastRetrans",), congestion="reno", seed=2,
    ),
    Scenario(
        "loss_no_sack", "1 % of data lost, no SACK", UPLOAD.format(1_000_000), sysctl=("net.ipv4.tcp_sack=0",),
        rules=(Rule("drop", UP, "data", chance=0.01),), proof=("client TCPRenoRecovery",), seed=3,
    ),
    Scenario(
        "loss_no_timestamps", "1 % of data lost, no timestamps", UPLOAD.format(1_000_000),
        sysctl=("net.ipv4.tcp_timestamps=0",),
        rules=(Rule("drop", UP, "data", chance=0.01),), proof=("client TCPFastRetrans",), seed=4,
    ),
    Scenario(
        "loss_down", "1 % of data lost in a download", "connect, send 100, read, close",
        "accept, read 100, send 1500000, close",
        rules=(Rule("drop", DOWN, "data", chance=0.01),), proof=("server TCPFastRetrans",), seed=5,
    ),
    Scenario(
        "burst_loss", "40 data segments in a row lost", UPLOAD.format(1_000_000),
        rules=(Rule("drop", UP, "data", nth=(200, 239)),), proof=("client TCPFastRetrans",),
    ),
    Scenario(
        "lost_again", "a quarter of all data lost for 0.3 s, retransmissions too", UPLOAD.format(300_000),
        rules=(Rule("drop", UP, "data", during=(0.05, 0.35), chance=0.25),), proof=("client TCPLostRetransmit",),
    ),
    Scenario(
        "queue_overflow", "a queue of 20 packets overflows", UPLOAD.format(1_500_000), queue=20,
        rate=20e6, proof=("client TCPFastRetrans",),
    ),
    Scenario(
        "tail_loss", "the last two of 30 segments lost: a tail-loss probe", REQUEST, ANSWER,
        rules=(Rule("drop", UP, "data", nth=(29, 30)),), proof=("client TCPLossProbes",),
    ),
    Scenario(
        "tail_loss_one", "the last of 30 segments lost: the probe repairs it",
        REQUEST, ANSWER,
        rules=(Rule("drop", UP, "data", nth=(30, 30)),), proof=("client TCPLossProbes",),
    ),
    Scenario(
        "tail_loss_rto", "the last two of 30 segments and the probe lost: a timeout",
        REQUEST, ANSWER,
        rules=(Rule("drop", UP, "data", nth=(29, 31)),), proof=("client TCPTimeouts",),
    ),
    Scenario(
        "tail_loss_long", "the last 15 of 30 segments and the probe lost: a timeout, then slow start",
        REQUEST, ANSWER,
        rules=(Rule("drop", UP, "data", nth=(16, 31)),), proof=("client TCPTimeouts", "client TCPSlowStartRetrans"),
    ),
    Scenario(
        "blackout", "nothing passes for 1.2 s: timeouts with back-off", UPLOAD.format(2_000_000),
        rules=(Rule("drop", UP, during=(0.2, 1.4)), Rule("drop", DOWN, during=(0.2, 1.4))),
        proof=("client TCPTimeouts",),
    ),
    Scenario(
        "ack_blackout", "all ACKs lost for 1 s: needless timeouts", UPLOAD.format(1_000_000),
        rules=(Rule("drop", DOWN, during=(0.15, 1.15)),), proof=("client TCPTimeouts", "server TCPDSACKOldSent"),
    ),
    Scenario(
        "stall", "all data held up for 0.8 s: needless timeouts", UPLOAD.format(1_500_000),
        rules=(Rule("stall", UP, during=(0.2, 1.0)),), proof=("client TCPTimeouts", "client TCPDSACKRecv"),
    ),
    Scenario(
        "ack_loss", "30 % of ACKs lost, nothing else", UPLOAD.format(1_000_000),
        rules=(Rule("drop", DOWN, "ack", chance=0.3),),
    ),
    Scenario(
        "reorder", "3 % of data held up by 15 ms", UPLOAD.format(1_000_000),
        rules=(Rule("hold", UP, "data", chance=0.03, seconds=0.015),), proof=("server TCPOFOQueue",),
    ),
    Scenario(
        "reorder_acks", "5 % of ACKs held up by 15 ms: the kernel counts them as PAWS rejections",
        UPLOAD.format(1_000_000),
        rules=(Rule("hold", DOWN, "ack", chance=0.05, seconds=0.015),), proof=("client PAWSEstab",),
    ),
    Scenario(
        "duplicates", "the network doubles 3 % of data at once", UPLOAD.format(1_000_000),
        rules=(Rule("copy", UP, "data", chance=0.03),), proof=("server TCPDSACKOldSent", "client TCPDSACKRecv"),
    ),
    Scenario(
        "late_duplicates", "the network repeats 3 % of data after 30 ms: PAWS", UPLOAD.format(1_000_000),
        rules=(Rule("copy", UP, "data", chance=0.03, seconds=0.03),), proof=("server PAWSEstab",),
    ),
    Scenario(
        "old_timestamps", "forged copies of ten segments, with old timestamps: PAWS",
        "connect, send 100000, sleep 1.2, send 14480, shut, read, close",
        rules=(Rule("old", UP, "data", nth=(60, 69), ticks=1_000_000),), proof=("server PAWSEstab",),
    ),
    Scenario(
        "forged_resets", "ten forged RST inside the window: challenge ACKs", UPLOAD.format(300_000),
        rules=(Rule("reset", UP, "data", nth=(100, 109)),), proof=("server TCPChallengeACK",),
    ),
    Scenario(
        "syn_lost", "the first SYN lost", "connect, send 1000, shut, read, close",
        rules=(Rule("drop", UP, "syn", nth=(1, 1)),), proof=("client TCPSynRetrans",),
    ),
    Scenario(
        "synack_lost", "the first SYN-ACK lost", "connect, send 1000, shut, read, close",
        rules=(Rule("drop", DOWN, "syn", nth=(1, 1)),), proof=("client TCPSynRetrans", "server TcpRetransSegs"),
    ),
    Scenario(
        "handshake_ack_lost", "the third handshake segment lost: SYN-ACK sent again",
        "connect, sleep 1.5, send 1000, shut, read, close",
        rules=(Rule("drop", UP, "ack", nth=(1, 1)),), proof=("server TcpRetransSegs",),
    ),
    Scenario(
        "unanswered", "no SYN arrives; the client gives up", "connect", "", rules=(Rule("drop", UP),),
        proof=("client TcpAttemptFails",), syn_retries=1,
    ),
    Scenario(
        "refused", "five connections to a closed port", "connect 5", "",
        proof=("client TcpAttemptFails", "server TcpOutRsts"),
    ),
    Scenario(
        "client_aborts", "the client resets in the middle", "connect, send 100000, sleep 0.3, abort",
        proof=("client TcpOutRsts", "server TcpEstabResets"),
    ),
    Scenario(
        "server_leaves", "the server closes with unread data", "connect, send 100000, sleep 0.5, send 1000, read",
        "accept, read 1000, sleep 0.2, abort", proof=("server TcpOutRsts", "client TcpEstabResets"),
    ),
    Scenario(
        "fin_lost", "both first FINs lost", "connect, send 1000, sleep 0.1, shut, read, close",
        rules=(Rule("drop", UP, "fin", nth=(1, 1)), Rule("drop", DOWN, "fin", nth=(1, 1))),
        proof=("client TcpRetransSegs",),
    ),
    Scenario(
        "last_ack_lost", "the last ACK lost: the server's FIN is sent again",
        "connect, send 1000, sleep 0.1, shut, read, close",
        rules=(Rule("drop", UP, "ack", nth=(3, 3)),), proof=("server TcpRetransSegs",),
    ),
    Scenario(
        "zero_window", "the server's program reads nothing for 2 s: window probes", UPLOAD.format(300_000),
        "accept, sleep 2, read, send 100, close", receive_buffer=32768,
        proof=("server TCPToZeroWindowAdv", "client TCPWinProbe"),
    ),
    Scenario(
        "zero_window_lost", "the same, and the path loses all for 0.8 s of it", UPLOAD.format(300_000),
        "accept, sleep 2, read, send 100, close", receive_buffer=32768,
        rules=(Rule("drop", UP, during=(0.4, 1.2)),), proof=("server TCPToZeroWindowAdv", "client TCPWinProbe"),
    ),
    Scenario(
        "keep_alive", "an idle connection with keep-alives",
        "connect, send 100, read 100, sleep 3.3, shut, read, close", "accept, read 100, send 100, read, close",
        keep_alive=1, proof=("client TCPKeepAlive",),
    ),
    Scenario(
        "keep_alive_unanswered", "no keep-alive arrives: the client gives up", "connect, send 100, read 100, read",
        "accept, read 100, send 100, read", keep_alive=1, rules=(Rule("drop", UP, "ack", during=(0.5, 9)),),
        proof=("client TCPKeepAlive", "client TcpOutRsts"),
    ),
    Scenario(
        "listen_overflow", "six connections, a queue for two, accepted after 1.3 s",
        "connect 6, send 100, read, close", "sleep 1.3, accept 6, read 100, send 100, close",
        backlog=1, sysctl=("net.ipv4.tcp_syncookies=0",), proof=("server ListenOverflows", "server ListenDrops"),
    ),
    Scenario(
        "listen_overflow_cookies", "the same with SYN cookies, accepted after 0.4 s: data repeated until there is room",
        "connect 6, send 100, read, close", "sleep 0.4, accept 6, read 100, send 100, close",
        backlog=1, sysctl=("net.ipv4.tcp_syncookies=1",), proof=("server ListenOverflows", "server SyncookiesSent"),
    ),
)
