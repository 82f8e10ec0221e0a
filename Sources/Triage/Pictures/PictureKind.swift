import Detection

/// What can be drawn of a connection.
package enum PictureKind: Sendable, Hashable {
  /// Sequence numbers against time, a panel for each direction that sent data, in the manner of tcptrace.
  case sequence
  /// A second of ``sequence`` or less, where single packets can be seen.
  case closeUp
  /// Bytes in flight against the window that the receiver offers.
  case flight
  /// Round-trip samples over time.
  case roundTrip
  /// TSval against time, with the line of what the receiver holds.
  case timestamps
  /// Packets between two lines of life, from where the loop begins.
  case loop
  /// The same, from the first packet of the connection on.
  case handshake
}

extension Rule {
  /// What shows a finding of this rule best, the most telling first; empty where a picture of one connection says nothing.
  package var pictures: [PictureKind] {
    switch id {
    case "ack-storm", "ack-loop", "ack-loop-limited", "rst-ack-loop": [.loop, .timestamps]
    case "dupack-flood": [.loop, .sequence]
    case "paws-reject", "paws-predicted": [.timestamps, .sequence, .loop]
    case "ts-jump", "ts-two-clocks", "tsecr-invalid": [.timestamps]
    case "tw-paws-syn", "syn-ts-drop", "ts-missing", "ts-appears": [.handshake]
    case "retransmission-stall": [.sequence, .closeUp, .timestamps]
    case "blackout": [.sequence, .closeUp]
    default:
      switch family {
      case .captureQuality: []
      case .ackLoop: [.loop]
      case .timestamps: [.timestamps]
      case .retransmission: [.sequence, .closeUp, .flight, .roundTrip]
      case .smc, .handshake: [.handshake]
      case .window: [.sequence, .flight]
      }
    }
  }
}
