"""A host's program: that of the lab, and steps for trouble that needs more than a socket.

pace BYTES: a second, at most. lose N: this host throws every N-th packet away that arrives, after any capture.
age N: N data segments with old timestamps, in this host's name. postdate: an ACK with a timestamp of the far future.
desynchronize: data that this host knows nothing of.
"""
import ctypes
import socket
import struct

from forge import Forger
import hosts

SO_ATTACH_FILTER, SO_MAX_PACING_RATE = 26, 47
SEGMENT = b"y" * 100
FAR = 1_000_000  # ticks of a millisecond


def lose(connection, number):
    """Attaches a filter in classic BPF: by the IPv4 identification, which Linux counts up for each segment."""
    program = [
        (0x28, 0, 0, 0xFFF00004),  # load the half word at 4 of the IP header (SKF_NET_OFF)
        (0x94, 0, 0, int(number)),  # its remainder by `number`
        (0x15, 0, 1, 0),  # is it 0?
        (0x06, 0, 0, 0),  # yes: nothing of the packet is let through
        (0x06, 0, 0, 0xFFFFFFFF),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    connection.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(program), ctypes.addressof(code)))


hosts.STEPS |= {
    "pace": lambda connection, number: connection.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, int(number)),
    "lose": lose,
    "age": lambda connection, number: forger.send(connection, SEGMENT, int(number), ticks=FAR, pause=0.02),
    "postdate": lambda connection, _: forger.send(connection, b"", ticks=-FAR),
    "desynchronize": lambda connection, _: forger.send(connection, SEGMENT),
}

if __name__ == "__main__":
    forger = Forger()
    hosts.main()
