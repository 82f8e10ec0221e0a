"""A capture whose every text tries to become something else: markup, control characters, reordered or endless text."""

import struct

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&amp;`|*_[a](javascript:alert(1))"
CONTROLS = "\x1b[31m\x07\x08\x00\r\n## heading\n\u202e\u2066reversed\u2069\u200f\ufeff\u2028"
HUGE = SCRIPT * 900

# Of the file itself; it may hold anything but a slash and a null.
FILE_NAME = "<script>alert(1)<∕script>\"'&\u202egnp.exe\x1b[31m .pcapng"


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def block(kind, body):
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def segment(number, flags, sequence, acknowledgment, payload=b"", options=b""):
    client = number % 2 == 0
    tcp = struct.pack(">HHIIBBHHH", 40000 if client else 80, 80 if client else 40000, sequence, acknowledgment,
                      (20 + len(options)) // 4 << 4, flags, 500, 0, 0) + options + payload
    hosts = (b"\x0a\0\0\1", b"\x0a\0\0\2") if client else (b"\x0a\0\0\2", b"\x0a\0\0\1")
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), number, 0, 64, 6, 0) + hosts[0] + hosts[1] + tcp


def frames():
    """A connection whose two ends then answer each other's ACKs without end."""
    yield segment(0, 2, 999, 0, options=b"\x02\x04\x05\xb4" + b"\xfd\x04<b>!"[:4])
    yield segment(1, 18, 4999, 1000, options=b"\x02\x04\x05\xb4")
    yield segment(2, 16, 1000, 5000)
    yield segment(3, 16, 5000, 1000)
    yield segment(4, 24, 1000, 5000, payload=SCRIPT.encode())
    for number in range(5, 405):
        client = number % 2 == 0
        yield segment(number, 16, 500 if client else 5999, 5000 if client else 999)


def capture():
    """The bytes of a pcapng file."""
    bad = (SCRIPT + CONTROLS).encode()
    texts = option(1, bad) + option(2, HUGE.encode()[:60000]) + option(3, bad) + option(4, HUGE.encode()[:60000])
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + texts + option(0, b""))
    # Raw IP, with name, description, filter, operating system and comment.
    for name in [bad, HUGE.encode()[:65000], b"\xff\xfe\xc0\x80" + bad]:
        described = option(2, name) + option(3, bad) + option(11, b"\0" + bad) + option(12, bad) + option(1, bad)
        out += block(1, struct.pack("<HHI", 101, 0, 0) + described + option(0, b""))
    # Names of hosts, as a name resolution block.
    host = b"\x0a\0\0\1" + bad.replace(b"\0", b"") + b"\0"
    out += block(4, option(1, host) + option(0, b""))
    for number, data in enumerate(frames()):
        time = 1_700_000_000_000_000 + 500 * number
        packet = struct.pack("<IIIII", number % 3, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        packet += data + b"\0" * (-len(data) % 4)
        out += block(6, packet + option(1, bad) + option(0, b""))
    statistics = struct.pack("<III", 0, 0, 0) + option(1, bad) + option(5, struct.pack("<Q", 7)) + option(0, b"")
    return out + block(5, statistics)
