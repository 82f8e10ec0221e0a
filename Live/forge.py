"""Segments in a host's own name that its kernel never sent, made from the last one that it did send."""
import socket
import struct
import time

import lab  # noqa: F401
from box import aged, summed

ETH_P_ALL = 3
ACK, PUSH_ACK = 0x10, 0x18


class Forger:
    """Watches what the host sends, from when it is made, and sends what it would not."""

    def __init__(self):
        self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.tap.setblocking(False)
        self.out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.last = {}  # the last TCP segment, with its IP header, by local port

    def last_sent(self, connection):
        while True:
            try:
                packet, address = self.tap.recvfrom(65536)
            except BlockingIOError:
                return self.last[connection.getsockname()[1]]
            if address[2] == socket.PACKET_OUTGOING and packet[0] >> 4 == 4 and packet[9] == socket.IPPROTO_TCP:
                self.last[struct.unpack_from("!H", packet, 20)[0]] = packet

    def send(self, connection, payload, count=1, ticks=0, pause=0.0):
        """Sends `payload` as the next data, `count` times in a row, with TSvals that begin `ticks` in the past."""
        packet = self.last_sent(connection)
        for number in range(count):
            made = carrying(packet, payload, number * len(payload))
            self.out.sendto(aged(made, ticks - int(number * pause * 1000)), connection.getpeername())
            time.sleep(pause)


def carrying(packet, payload, ahead):
    """A segment behind `packet` in the stream. The kernel completes the IP header."""
    data = 20 + (packet[32] >> 4) * 4
    identification, sequence = struct.unpack_from("!4xH18xI", packet)
    following = (sequence + len(packet) - data + ahead) & 0xFFFFFFFF
    ip = packet[:4] + struct.pack("!H", (identification + 1 + ahead) & 0xFFFF) + packet[6:20]
    flags = bytes([PUSH_ACK if payload else ACK])
    tcp = packet[20:24] + struct.pack("!I", following) + packet[28:33] + flags + packet[34:data]
    return summed(ip + tcp + payload)
