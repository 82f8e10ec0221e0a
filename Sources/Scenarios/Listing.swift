/// Packets as lines that look like tcpdump's.
package enum Listing {
  /// One line per packet: number, seconds, addresses, flags, numbers, options, length, tag.
  package static func lines(_ packets: [Packet]) -> [String] {
    packets.enumerated().map { index, packet in "\(padded(index + 1)) \(seconds(packet.time)) \(line(packet))" }
  }

  private static func line(_ packet: Packet) -> String {
    guard packet.rawFrame.isEmpty else { return "frame of \(packet.rawFrame.count) bytes" }
    var text = "\(name(packet.source)) > \(name(packet.destination)): Flags [\(flags(packet.flags))], "
    text += "seq \(packet.sequence)"
    if !packet.payload.isEmpty { text += ":\(packet.endSequence)" }
    if packet.has(Flag.ack) { text += ", ack \(packet.acknowledgment)" }
    text += ", win \(packet.window)"
    let options = packet.options.map(words)
    if !options.isEmpty { text += ", options [\(options.joined(separator: ","))]" }
    text += ", length \(packet.payload.count), id \(packet.identification), ttl \(packet.timeToLive)"
    if packet.checksum != .good { text += ", \(packet.checksum.rawValue) checksum" }
    return packet.tag.isEmpty ? text : text + "  @\(packet.tag)"
  }

  private static func flags(_ flags: UInt8) -> String {
    let letters = Flag.letters.filter { flags & $0.bit != 0 }.map { String($0.letter) }
    return letters.isEmpty ? "none" : letters.joined()
  }

  private static func words(_ option: TCPOption) -> String {
    switch option {
    case .nop: "nop"
    case .maximumSegmentSize(let size): "mss \(size)"
    case .windowScale(let shift): "wscale \(shift)"
    case .sackPermitted: "sackOK"
    case .sack(let blocks): "sack " + blocks.map { "{\($0.left):\($0.right)}" }.joined()
    case .timestamps(let value, let echo): "TS val \(value) ecr \(echo)"
    case .raw(let bytes): "raw " + bytes.map { hex($0) }.joined()
    }
  }

  private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

  private static func name(_ end: Endpoint) -> String {
    [24, 16, 8, 0].map { String(end.address >> $0 & 0xff) }.joined(separator: ".") + ".\(end.port)"
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: " ", count: max(0, 5 - digits.count)) + digits
  }

  private static func seconds(_ time: Int64) -> String {
    let micro = (time.magnitude + 500) / 1000
    let fraction = String(micro % 1_000_000)
    let zeros = String(repeating: "0", count: 6 - fraction.count)
    return "\(time < 0 ? "-" : "")\(micro / 1_000_000).\(zeros)\(fraction)"
  }
}
