import Frames

/// What dissection needs from an IP header, of either version.
struct IPHeader {
  enum Stop { case none, notTCP, fragment, cut, malformed }

  var stop = Stop.none
  var source = IPAddress(high: 0, low: 0)
  var destination = IPAddress(high: 0, low: 0)
  /// Offset of the TCP header in the frame.
  var tcpOffset = 0
  /// Bytes from the TCP header to the end of the packet, by the IP header (never by what was captured).
  var tcpLength = 0
  var identification: UInt16 = 0
  var hopLimit: UInt8 = 0
  var trafficClass: UInt8 = 0
  var isFirstFragment = false

  static func stopped(_ stop: Stop) -> IPHeader {
    var header = IPHeader()
    header.stop = stop
    return header
  }

  /// No record holds more: a frame length beyond it is no help where the IP length is 0.
  static let mostBytes = 1 << 24

  /// IP protocol number of TCP.
  static let tcp: UInt8 = 6

  /// Reads the header of whichever version starts at `offset` of `frame`.
  ///
  /// `onWire` is the frame's original length: it stands in where offloading left the IP length 0.
  @inline(__always)
  static func read(_ frame: RawSpan, at offset: Int, onWire: Int) -> IPHeader {
    guard frame.byteCount > offset else { return .stopped(.cut) }
    switch frame.byte(offset) >> 4 {
    case 4: return IPv4Header.read(frame, at: offset, onWire: onWire)
    case 6: return IPv6Header.read(frame, at: offset, onWire: onWire)
    default: return .stopped(.malformed)
    }
  }
}
