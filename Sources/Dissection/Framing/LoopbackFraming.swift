import Frames

/// BSD loopback: four bytes of address family, in the writer's byte order (NULL) or big-endian (LOOP).
///
/// IPv4 is 2 everywhere; IPv6 is 10, 24, 28 or 30, depending on the system. Either byte order is taken.
/// Source: LINKTYPE_NULL and LINKTYPE_LOOP of tcpdump.org.
enum LoopbackFraming {
  static func networkLayer(of frame: RawSpan) -> NetworkLayer {
    guard frame.byteCount >= 4 else { return .cut }
    let big = frame.bigEndian(0, as: UInt32.self)
    let family = big > 0xFFFF ? big.byteSwapped : big
    let isIP = [2, 10, 24, 28, 30].contains(family)
    return isIP ? .ip(at: 4, place: 0) : .notIP
  }
}
