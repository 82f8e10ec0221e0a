"""Classic pcap files, and as much of TCP as is needed to know which bytes a frame carries."""

import gzip
import struct
from typing import NamedTuple

MAGIC_MICROSECONDS = 0xA1B2C3D4
ETHERNET = 1
FIN, SYN = 1, 2


class Frame(NamedTuple):
    time: int  # microseconds since 1970
    length: int  # bytes on the wire
    data: bytes  # what was captured of them


class Carried(NamedTuple):
    """The part of the sequence space that a segment fills."""

    direction: tuple  # both addresses and ports, the sender's first
    first: int
    end: int  # one behind the last
    flags: int


def read(path):
    """The frames of a gzipped little-endian Ethernet capture with microseconds, as tcpdump wrote it."""
    with gzip.open(path, "rb") as file:
        content = file.read()
    magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", content)
    if magic != MAGIC_MICROSECONDS or link != ETHERNET:
        raise ValueError(f"{path}: not a little-endian Ethernet capture with microseconds")
    frames, offset = [], 24
    while offset < len(content):
        seconds, microseconds, captured, length = struct.unpack_from("<IIII", content, offset)
        offset += 16
        frames.append(Frame(seconds * 1_000_000 + microseconds, length, content[offset : offset + captured]))
        offset += captured
    return frames


def write(path, frames, snap=262_144):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", MAGIC_MICROSECONDS, 2, 4, 0, 0, snap, ETHERNET))
        for time, length, data in frames:
            file.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(data), length))
            file.write(data)


def carried(frame):
    """What the frame carries, or None when it is no TCP segment."""
    data, kind = frame.data, frame.data[12:14]
    if kind == b"\x08\x00" and data[23] == 6:
        tcp = 14 + 4 * (data[14] & 15)
        addresses, total = (data[26:30], data[30:34]), int.from_bytes(data[16:18], "big") - (tcp - 14)
    elif kind == b"\x86\xdd" and data[20] == 6:
        tcp = 54
        addresses, total = (data[22:38], data[38:54]), int.from_bytes(data[18:20], "big")
    else:
        return None
    source, destination, sequence = struct.unpack_from(">HHI", data, tcp)
    flags = data[tcp + 13]
    length = total - 4 * (data[tcp + 12] >> 4) + bool(flags & SYN) + bool(flags & FIN)
    return Carried((addresses[0], source, addresses[1], destination), sequence, (sequence + length) % 2**32, flags)


def is_before(a, b):
    """Whether sequence number `a` comes before `b` (RFC 9293, 3.4)."""
    return 0 < (b - a) % 2**32 < 2**31


def repeats(segments):
    """For each of `segments` in the order of a capture: had its bytes, or later ones, been seen before?"""
    highest, answers = {}, []
    for segment in segments:
        if segment is None:
            answers.append(False)
            continue
        direction, first, end, flags = segment
        seen, opening = highest.get(direction, (None, None))
        if flags & SYN and opening != first:
            seen, opening = None, first  # another connection of the same addresses and ports
        answers.append(seen is not None and is_before(first, seen))
        if first != end and (seen is None or is_before(seen, end)):
            highest[direction] = end, opening
    return answers
