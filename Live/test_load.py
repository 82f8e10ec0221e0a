"""Many packets: nothing is lost unsaid, memory stays where it is, and a packet costs a few times what tcpdump takes."""
import unittest

import lab
from bench import RATE, day, live, tcpdump
from veth import pair

SECONDS = 3
DEAREST = 6  # times what tcpdump, which only copies, takes for a frame
GROWTH = 4096  # kB
DAY = 5_000_000  # packets of eight hours
DAY_GROWTH = 16384  # kB, in the later half: 64 bytes for each of its connections would be a leak


def setUpModule():
    lab.enter_own_world()


class Load(unittest.TestCase):
    def test_every_frame_is_seen_or_counted_as_dropped(self):
        with pair() as hosts:
            measured = live(*hosts, RATE, SECONDS)
        self.assertGreater(measured.sent, 0.9 * RATE * SECONDS)
        self.assertEqual(measured.received + measured.dropped, measured.sent)
        self.assertLess(max(measured.memory) - measured.memory[1], GROWTH)
        with pair() as hosts:
            beside = tcpdump(*hosts, RATE, SECONDS)
        self.assertLess(measured.busy / measured.sent, DEAREST * beside.busy / beside.sent)

    def test_eight_hours_compressed_leave_memory_flat(self):
        measured = day(DAY, "--max-memory", "64M")
        self.assertEqual(measured.received, DAY)
        late = measured.memory[len(measured.memory) // 2 :]
        self.assertLess(max(late) - late[0], DAY_GROWTH)


if __name__ == "__main__":
    unittest.main()
