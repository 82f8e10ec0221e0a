package import Dissection

extension Segment {
  /// A segment from 10.0.0.0/8 port `number` to 192.168.0.1:80, for tests that need very many of them.
  package static func made(
    _ number: Int, frame: UInt64, time: Int64, flags: TCPFlags, payload: UInt32 = 0, reply: Bool = false
  ) -> Segment {
    var segment = Segment()
    segment.frame = frame
    segment.time = time
    let client = Endpoint(
      address: IPAddress(v4: 0x0A00_0000 + UInt32(number / 50_000)), port: UInt16(10_000 + number % 50_000))
    let server = Endpoint(address: IPAddress(v4: 0xC0A8_0001), port: 80)
    (segment.source, segment.sourcePort) = reply ? (server.address, server.port) : (client.address, client.port)
    (segment.destination, segment.destinationPort) =
      reply ? (client.address, client.port) : (server.address, server.port)
    segment.flags = flags
    segment.payloadLength = payload
    segment.window = 500
    segment.hopLimit = 64
    segment.ipIdentification = UInt16(truncatingIfNeeded: frame) | 1
    return segment
  }
}
