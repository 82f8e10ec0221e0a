package import CaptureFiles
package import Frames

/// The same story in another dress: whatever is found in it must not depend on any of these.
package struct Variant: Sendable, Equatable {
  /// Kebab-case name, as the tool takes it.
  package var name: String
  /// Added to every sequence number of the client, and of the server.
  package var clientOffset: UInt32 = 0
  package var serverOffset: UInt32 = 0
  /// IPv6 instead of IPv4; nil = as the scenario says, as with all fields below.
  package var ipv6: Bool?
  /// 802.1Q tag.
  package var vlan: UInt16?
  package var linkType: LinkType?
  package var snapLength: UInt32?
  package var format: CaptureWriter.Format?
  /// The two addresses and ports of every connection change places: the mirrored story.
  package var swapRoles = false
  /// Nanoseconds after which each frame is there once more; nil = once only.
  package var copyDelay: Int64?
  /// Nanoseconds by which the whole capture is later.
  package var timeShift: Int64 = 0

  package init(name: String) { self.name = name }

  /// The scenario as it is written.
  package static let plain = Variant(name: "plain")

  /// The nine that every scenario must pass under.
  package static let all: [Variant] = [
    made("isn-near-wrap") {
      // The default ISNs 1000 and 5000 both become 4294966000: the wrap comes within the first segments.
      $0.clientOffset = 4_294_965_000
      $0.serverOffset = 4_294_961_000
    },
    made("ipv6") { $0.ipv6 = true },
    made("vlan") { $0.vlan = 10 },
    made("sll2") { $0.linkType = .linuxSLL2 },
    made("snap-96") { $0.snapLength = 96 },
    made("pcapng-nanoseconds") { $0.format = .pcapng },
    made("roles-swapped") { $0.swapRoles = true },
    made("doubled") { $0.copyDelay = 2000 },
    made("time-shifted") { $0.timeShift = 31_556_952_123_456_789 },
  ]

  private static func made(_ name: String, _ change: (inout Variant) -> Void) -> Variant {
    var variant = Variant(name: name)
    change(&variant)
    return variant
  }

  /// The packets of the story, changed.
  package func apply(to packets: [Packet]) -> [Packet] {
    var packets = packets
    for index in packets.indices where packets[index].rawFrame.isEmpty {
      if clientOffset != 0 || serverOffset != 0 { shiftSequence(&packets[index]) }
      if swapRoles { packets[index].exchangeEndpoints() }
    }
    for index in packets.indices { packets[index].time &+= timeShift }
    guard let copyDelay else { return packets }
    return packets.flatMap { packet in
      var copy = packet
      copy.time &+= copyDelay
      return [packet, copy]
    }
  }

  private func shiftSequence(_ packet: inout Packet) {
    let own = packet.fromClient ? clientOffset : serverOffset
    let peers = packet.fromClient ? serverOffset : clientOffset
    // A reset that answers for a closed port has sequence number 0, whatever the numbers of the connection are.
    if !packet.has(Flag.reset) || packet.sequence != 0 { packet.sequence &+= own }
    if packet.has(Flag.ack) { packet.acknowledgment &+= peers }
    packet.options = packet.options.map { option in
      guard case .sack(let blocks) = option else { return option }
      return .sack(blocks.map { SackEdges(left: $0.left &+ peers, right: $0.right &+ peers) })
    }
  }
}

extension Packet {
  /// Addresses and ports change places; the sender stays the same side of the story.
  fileprivate mutating func exchangeEndpoints() { (source, destination) = (destination, source) }
}
