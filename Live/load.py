"""Small TCP frames at a high rate out of one interface: `load.py INTERFACE FRAMES_PER_SECOND SECONDS`.

Four connections: the handshakes, then data of 16 bytes, each acknowledged, in order, for ever. The kernel sends from a
ring of prepared frames (packet_mmap, TX), one round of which is 65,536 bytes of each connection: the next round differs
only in the upper halves of the numbers, which are written for all frames at once. Prints how many frames were sent.
"""
import mmap
import socket
import struct
import sys
import time
from array import array

SOL_PACKET, PACKET_VERSION, PACKET_TX_RING, PACKET_QDISC_BYPASS = 263, 10, 13, 20
TPACKET_V2, SEND_REQUEST = 1, 1
HEADER = 32  # of a frame in the ring (tpacket2_hdr); the packet follows
SLOT, BLOCK = 128, 1 << 16
CONNECTIONS, DATA = 4, 16
ROUND = (1 << 16) // DATA * CONNECTIONS * 2  # frames: data, its ACK, the next connection's data, its ACK, ...
CHUNK = 256  # frames handed to the kernel at once
# Nobody's hardware address: the receiving kernel shows the frames to captures, and then throws them away.
ETHERNET = bytes.fromhex("02000000aaaa" "02000000bbbb" "0800")
SYN, ACK, PUSH = 2, 16, 8


def sum16(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def frame(connection, upward, flags, sequence, acknowledged, payload=b""):
    """One frame. Its TCP checksum is that of a host whose network card does the sums: wrong."""
    client, server = bytes([10, 0, 1, connection + 1]), bytes([10, 0, 2, 1])
    ports = (40000 + connection, 443)
    source, target = (client, server) if upward else (server, client)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0) + source + target
    header = header[:10] + struct.pack("!H", sum16(header) ^ 0xFFFF) + header[12:]
    ports = ports if upward else ports[::-1]
    tcp = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 0x50, flags, 8192, 0, 0)
    return ETHERNET + header + tcp + payload


class Ring:
    """The frames of one round, in memory shared with the kernel."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # 0: it receives nothing
        self.socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        self.socket.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
        size = ROUND * SLOT
        self.socket.setsockopt(SOL_PACKET, PACKET_TX_RING, struct.pack("IIII", BLOCK, size // BLOCK, SLOT, ROUND))
        self.socket.bind((interface, 0))
        self.memory = mmap.mmap(self.socket.fileno(), size)
        self.words, self.halves = memoryview(self.memory).cast("I"), memoryview(self.memory).cast("H")
        for number in range(ROUND):
            connection, upward = number // 2 % CONNECTIONS, number % 2 == 0
            told = 1 + number // (2 * CONNECTIONS) * DATA
            made = frame(connection, True, ACK | PUSH, told, 1, b"z" * DATA) if upward else frame(
                connection, False, ACK, 1, told + DATA)
            place = number * SLOT
            struct.pack_into("II", self.memory, place + 4, len(made), 0)
            self.memory[place + HEADER : place + HEADER + len(made)] = made
        self.ones = array("I", [SEND_REQUEST]) * CHUNK

    def begin_round(self, number):
        """Moves all numbers on by 65,536 bytes a round; the last ACK of a round belongs to the next 65,536."""
        upper = struct.unpack("=H", struct.pack("!H", number & 0xFFFF))[0]
        step = SLOT  # in half words: two frames
        self.halves[(HEADER + 38) // 2 :: step] = array("H", [upper]) * (ROUND // 2)
        self.halves[(SLOT + HEADER + 42) // 2 :: step] = array("H", [upper]) * (ROUND // 2)
        following = struct.unpack("=H", struct.pack("!H", number + 1 & 0xFFFF))[0]
        for place in range(ROUND - 2 * CONNECTIONS + 1, ROUND, 2):
            self.halves[(place * SLOT + HEADER + 42) // 2] = following

    def send(self, chunk):
        """Sends one chunk; returns when the kernel has taken all of it."""
        step = SLOT // 4
        first = chunk * CHUNK * step
        self.words[first : first + CHUNK * step : step] = self.ones
        self.socket.send(b"")


def handshakes(ring):
    for connection in range(CONNECTIONS):
        for upward, flags, sequence, acknowledged in ((True, SYN, 0, 0), (False, SYN | ACK, 0, 1), (True, ACK, 1, 1)):
            plain = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            plain.bind(ring.socket.getsockname()[:2])
            plain.send(frame(connection, upward, flags, sequence, acknowledged))
            plain.close()
    return CONNECTIONS * 3


def run(interface, rate, seconds):
    ring = Ring(interface)
    sent = handshakes(ring)
    began = time.monotonic()
    chunks = int(rate * seconds) // CHUNK
    for number in range(chunks):
        chunk = number % (ROUND // CHUNK)
        if chunk == 0:
            ring.begin_round(number * CHUNK // ROUND)
        ring.send(chunk)
        sent += CHUNK
        early = began + (number + 1) * CHUNK / rate - time.monotonic()
        if early > 0:
            time.sleep(early)
    print(sent, f"{time.monotonic() - began:.3f}", flush=True)


if __name__ == "__main__":
    run(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
