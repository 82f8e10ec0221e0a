"""What captures suffer before they reach an analyst. Each mutilation leaves a list of `Kept` frames."""

import random
from typing import NamedTuple

from capture import Frame


class Kept(NamedTuple):
    frame: Frame
    origin: int  # index in the original capture
    copy: bool = False  # the capture's own second record of the same frame
    moved: bool = False  # no longer where the host saw it


def untouched(frames, rows, chance):
    return [Kept(frame, index) for index, frame in enumerate(frames)]


def late_start(frames, rows, chance):
    return untouched(frames, rows, chance)[len(frames) // 3 :]


def sent_only(frames, rows, chance):
    return [kept for kept in untouched(frames, rows, chance) if rows[kept.origin].sent_here]


def received_only(frames, rows, chance):
    return [kept for kept in untouched(frames, rows, chance) if not rows[kept.origin].sent_here]


def snapped(length):
    def cut(frames, rows, chance):
        return [Kept(f._replace(data=f.data[:length]), index) for index, f in enumerate(frames)]

    return cut


def doubled(frames, rows, chance):
    """Each frame is recorded again at once, as by `tcpdump -i any` on a host that forwards."""
    both = []
    for kept, following in zip(untouched(frames, rows, chance), frames[1:] + frames[-1:]):
        time = max(kept.frame.time, min(kept.frame.time + 1, following.time))
        both += [kept, kept._replace(frame=kept.frame._replace(time=time), copy=True)]
    return both


def doubled_apart(frames, rows, chance):
    """The copy comes 2 to 15 microseconds later, as from a switch that mirrors two ports; others may come between."""
    both = []
    for kept in untouched(frames, rows, chance):
        time = kept.frame.time + 2 + int(14 * chance.random())
        both += [kept, kept._replace(frame=kept.frame._replace(time=time), copy=True)]
    return sorted(both, key=lambda kept: kept.frame.time)


# Records that lie further apart do not wait for each other in the queues of a capture.
SWAP_WINDOW = 100  # microseconds
SWAP_SHARE = 0.05


def swapped(frames, rows, chance):
    """One in twenty pairs of close neighbours changes places; each keeps its time, so times run backwards."""
    kept, index = untouched(frames, rows, chance), 0
    while index + 1 < len(kept):
        first, second = kept[index], kept[index + 1]
        if 0 <= second.frame.time - first.frame.time <= SWAP_WINDOW and chance.random() < SWAP_SHARE:
            kept[index : index + 2] = second._replace(moved=True), first._replace(moved=True)
            index += 1
        index += 1
    return kept


def swapped_restamped(frames, rows, chance):
    """The same, but the times are given after the swap: nothing betrays it."""
    kept = swapped(frames, rows, chance)
    for index in range(len(kept) - 1):
        early, late = kept[index], kept[index + 1]
        if early.origin == late.origin + 1:
            times = late.frame.time, early.frame.time
            kept[index] = early._replace(frame=early.frame._replace(time=times[0]))
            kept[index + 1] = late._replace(frame=late.frame._replace(time=times[1]))
    return kept


ORIGINAL = "original"

# Name, what was done, how. In the order of the page.
MUTILATIONS = {
    ORIGINAL: ("as captured", untouched),
    "late-start": ("the first third of the frames cut away", late_start),
    "sent-only": ("only the frames that the capturing host sent", sent_only),
    "received-only": ("only the frames that it received", received_only),
    "snap-54": ("54 bytes of each frame: no TCP options, over IPv6 no TCP at all", snapped(54)),
    "snap-66": ("66 bytes: 12 bytes of options, over IPv6 half a TCP header", snapped(66)),
    "snap-78": ("78 bytes: 24 bytes of options, over IPv6 four", snapped(78)),
    "snap-96": ("96 bytes: all options, over IPv6 22 bytes of them", snapped(96)),
    "doubled": ("every frame twice, the copy right behind it", doubled),
    "doubled-apart": ("every frame twice, 2 to 15 microseconds apart, others of a burst between them", doubled_apart),
    "swapped": ("one in twenty close neighbours swapped, times run backwards", swapped),
    "swapped-restamped": ("the same, with times that run forward", swapped_restamped),
}


def mutilate(name, frames, rows, place):
    """`place` names the capture, so that each has its own chance, and the same in every run."""
    # Both kinds of swap meet the same frames.
    seed = "swapped" if name.startswith("swapped") else name
    return MUTILATIONS[name][1](frames, rows, random.Random(f"{seed}/{place}"))
