"""From which frame on a capture proves something."""
import struct

from tool import analyze

PACKET_BLOCKS = (3, 6)


def ends_of_frames(capture):
    """Where each frame of a pcapng file ends; the file is little-endian."""
    ends, place = [], 0
    while place + 12 <= len(capture):
        kind, length = struct.unpack_from("<II", capture, place)
        place += length
        if kind in PACKET_BLOCKS:
            ends.append(place)
    return ends


def proven_at(capture, rules):
    """The time of the last frame of the shortest beginning in which there is a finding of `rules`, s since 1970."""
    ends = ends_of_frames(capture)
    few, enough = 0, len(ends)
    report = analyze("-", capture=capture)
    while enough - few > 1:
        count = (few + enough) // 2
        tried = analyze("-", capture=capture[: ends[count - 1]])
        if any(finding["rule"] in rules for finding in tried["findings"]):
            report, enough = tried, count
        else:
            few = count
    return report["capture"]["last_time_seconds"]
