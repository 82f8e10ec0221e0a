"""The path between the two hosts: carries packets from one TUN device to the other, as badly as its rules say."""
import heapq
import os
import random
import select
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass

UP, DOWN = "up", "down"  # from client to server, from server to client
FIN, SYN, RST = 1, 2, 4


@dataclass(frozen=True)
class Rule:
    """What happens to which packets. A packet meets at most one rule: the first that it matches.

    `nth` counts, from 1, the packets that the conditions before it let through. `during` is in seconds since the first
    packet.
    """

    act: str  # drop; hold: `seconds` late; stall: the line waits until `during` ends; copy: once more after `seconds`;
    #           old: and a copy whose TSval lies `ticks` back; reset: and a forged RST that is not quite in order
    way: str
    kind: str = "any"  # any, syn, fin, data (no SYN or FIN), ack (nothing but an acknowledgment)
    during: tuple = (0, float("inf"))
    nth: tuple = (1, float("inf"))
    chance: float = 1.0
    seconds: float = 0.0
    ticks: int = 0


def kind_of(packet):
    """What a TCP segment carries, as rules name it."""
    start = (packet[0] & 15) * 4
    flags = packet[start + 13]
    if flags & SYN:
        return "syn"
    if flags & RST:
        return "rst"
    if flags & FIN:
        return "fin"
    return "data" if len(packet) > start + (packet[start + 12] >> 4) * 4 else "ack"


def summed(packet):
    """The packet with a right TCP checksum."""
    start = (packet[0] & 15) * 4
    segment = packet[start : start + 16] + b"\0\0" + packet[start + 18 :]
    words = packet[12:20] + struct.pack("!HH", 6, len(segment)) + segment + b"\0" * (len(segment) % 2)
    total = sum(struct.unpack(f"!{len(words) // 2}H", words))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return packet[:start] + segment[:16] + struct.pack("!H", total ^ 0xFFFF) + segment[18:]


def aged(packet, ticks):
    """The packet with a TSval that lies `ticks` back. Linux puts timestamps behind two NOPs, the first option."""
    place = (packet[0] & 15) * 4 + 24
    value = struct.unpack_from("!I", packet, place)[0]
    return summed(packet[:place] + struct.pack("!I", (value - ticks) & 0xFFFFFFFF) + packet[place + 4 :])


def resetting(packet):
    """A bare RST from the same sender: inside the window, but 100 bytes ahead of what is expected (RFC 5961, 3.2)."""
    start = (packet[0] & 15) * 4
    sequence = struct.unpack_from("!I", packet, start + 4)[0]
    length = len(packet) - start - (packet[start + 12] >> 4) * 4
    ahead = (sequence + length + 100) & 0xFFFFFFFF
    tcp = packet[start : start + 4] + struct.pack("!IIBBHHH", ahead, 0, 5 << 4, RST, 0, 0, 0)
    ip = packet[:2] + struct.pack("!H", start + 20) + packet[4:10] + b"\0\0" + packet[12:start]
    total = sum(struct.unpack(f"!{start // 2}H", ip))
    total = (total & 0xFFFF) + (total >> 16)
    return summed(ip[:10] + struct.pack("!H", total ^ 0xFFFF) + ip[12:] + tcp)


class Box(threading.Thread):
    """Runs until `stop()`; `tally` then says how often each way saw what."""

    def __init__(self, client, server, rules, delay, rate, queue, seed):
        super().__init__(daemon=True)
        self.ends = {client: (UP, server), server: (DOWN, client)}
        self.rules = [(rule, Counter()) for rule in rules]
        self.delay, self.rate, self.queue = delay, rate, queue
        self.random = random.Random(seed)
        self.free = {UP: 0.0, DOWN: 0.0}  # when the line has sent all that waits for it
        self.waiting = []  # heap of (when due, arrival number, device, packet)
        self.arrivals = 0
        self.began = None
        self.tally = Counter()
        self.running = True

    def stop(self):
        self.running = False
        self.join()

    def run(self):
        while self.running:
            pause = min(self.waiting[0][0] - time.monotonic(), 0.05) if self.waiting else 0.05
            for device in select.select(list(self.ends), [], [], max(pause, 0))[0]:
                self.take(device, os.read(device, 65536))
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, device, packet = heapq.heappop(self.waiting)
                os.write(device, packet)

    def take(self, device, packet):
        """Judges one packet and puts it, and what is made of it, in line."""
        if packet[0] >> 4 != 4 or packet[9] != 6:
            return
        now = time.monotonic()
        self.began = self.began or now
        way, out = self.ends[device]
        rule = self.rule_for(packet, way, now - self.began)
        act = rule.act if rule else "pass"
        self.tally[f"{way} {act}"] += 1
        if act == "drop":
            return
        begin = self.began + rule.during[1] if act == "stall" else now
        self.send(way, out, packet, rule.seconds if act == "hold" else 0, begin)
        if act == "copy":
            self.send(way, out, packet, rule.seconds, now)
        elif act == "old":
            self.send(way, out, aged(packet, rule.ticks), 0, now)
        elif act == "reset":
            self.send(way, out, resetting(packet), 0, now)

    def rule_for(self, packet, way, age):
        for rule, met in self.rules:
            if rule.way == way and rule.kind in ("any", kind_of(packet)) and rule.during[0] <= age < rule.during[1]:
                met["packets"] += 1
                if rule.nth[0] <= met["packets"] <= rule.nth[1] and self.random.random() < rule.chance:
                    return rule
        return None

    def send(self, way, out, packet, late, begin):
        """Lets the packet wait for the line, from `begin` on, travel, and come `late` on top. A full queue drops it."""
        if self.free[way] - begin > self.queue * 1500 * 8 / self.rate:
            self.tally[f"{way} queue full"] += 1
            return
        self.free[way] = max(begin, self.free[way]) + len(packet) * 8 / self.rate
        self.arrivals += 1
        heapq.heappush(self.waiting, (self.free[way] + self.delay + late, self.arrivals, out, packet))
