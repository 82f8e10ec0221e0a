"""One host's part of a scenario: `hosts.py PART`, PART being JSON with `steps`, `role`, `port` and socket options.

Steps, separated by commas, are done in order, each for all connections there are so far:
connect [N], accept [N], send BYTES, read [BYTES] (without a number: until the end), sleep SECONDS, shut, close, abort.
"""
import json
import select
import signal
import socket
import struct
import sys
import time

SERVER = "10.0.0.2"


def prepared(part):
    """A TCP socket with the options that the scenario asks for."""
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, part["congestion"].encode())
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if part["receive_buffer"] and part["role"] == "server":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, part["receive_buffer"])
    if part["syn_retries"] and part["role"] == "client":
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, part["syn_retries"])
    if part["keep_alive"] and part["role"] == "client":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, part["keep_alive"])
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, part["keep_alive"])
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2)
    return made


def connect(part, count):
    """`count` connections, all begun at once."""
    begun = [prepared(part) for _ in range(count)]
    for each in begun:
        each.setblocking(False)
        each.connect_ex((SERVER, part["port"]))
    for each in begun:
        select.select([], [each], [])
        each.setblocking(True)
    # Only now: who leaves at the first error abandons the others, and the kernel counts no failed attempt for them.
    for each in begun:
        error = each.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise ConnectionError(error)
    return begun


def read(connection, count):
    """Reads `count` bytes, or, with 0, all until the end."""
    got = 0
    while not count or got < count:
        block = connection.recv(65536)
        if not block:
            return
        got += len(block)


def abort(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


# What is done to each connection, by name; the number is 0 where none is written.
STEPS = {
    "send": lambda connection, number: connection.sendall(b"x" * int(number)),
    "read": lambda connection, number: read(connection, int(number)),
    "shut": lambda connection, _: connection.shutdown(socket.SHUT_WR),
    "close": lambda connection, _: connection.close(),
    "abort": lambda connection, _: abort(connection),
}


def play(part, listener):
    connections = []
    for text in part["steps"].split(","):
        name, *numbers = text.split()
        number = float(numbers[0]) if numbers else 0
        if name == "connect":
            connections += connect(part, int(number) or 1)
        elif name == "accept":
            connections += [listener.accept()[0] for _ in range(int(number) or 1)]
        elif name == "sleep":
            time.sleep(number)
        else:
            for connection in connections:
                STEPS[name](connection, number)


def main():
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is for the lab; here it only ends the program
    part = json.loads(sys.argv[1])
    listener = None
    if part["role"] == "server" and part["steps"]:
        listener = prepared(part)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((SERVER, part["port"]))
        listener.listen(part["backlog"])
    print("ready", flush=True)
    sys.stdin.readline()  # both hosts begin at once
    try:
        if part["steps"]:
            play(part, listener)
    except (ConnectionError, TimeoutError):
        pass  # refused, reset, given up: some scenarios are about just that


if __name__ == "__main__":
    main()
