import Frames

/// A Decline: SMC will not be used, and why.
///
///     |  0 header | 8 peer ID | 16 diagnosis | 20 OS | 21 reserved | 24 trailer, or four further codes and trailer |
///
/// 28 and 44 bytes are taken for either version: kernels around 5.10 send version 2 in the short form.
package struct CLCDecline: Hashable, Sendable {
  /// Sender; often not usable here, as there is no device.
  package var peerID: SMCPeerID
  /// Why; see ``DeclineCode``.
  package var code: UInt32
  /// What the sender runs, in version 2.
  package var system: PeerSystem
  /// The sender lost its link group; the receiver must drop it too.
  package var outOfSync: Bool
  /// Further codes in the long form; Linux sends zeros.
  package var furtherCodes: [UInt32]

  /// Bytes that must be there for the code to be known.
  package static let codeEnd = 20

  init(_ reader: borrowing CLCReader, _ header: CLCHeader, _ faults: inout [CLCFault]) {
    peerID = SMCPeerID(rawValue: reader.load(8))
    code = reader.load(16)
    system = PeerSystem(rawValue: reader.load(20, as: UInt8.self) >> 4)
    outOfSync = header.hasFlag
    let length = Int(header.length)
    furtherCodes = length == 44 && reader.has(24, 16) ? [0, 1, 2, 3].map { reader.load(24 + 4 * $0) } : []
    if length != 28, length != 44, CLCHeader.lengths.contains(length) {
      faults.append(.length(found: length, expected: header.version >= 2 ? 44 : 28))
    }
  }
}

/// What a peer runs, as CLC messages of version 2 say it.
package struct PeerSystem: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package var rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let zOS = PeerSystem(rawValue: 1)
  package static let linux = PeerSystem(rawValue: 2)
  package static let aix = PeerSystem(rawValue: 3)

  /// `z/OS`, `Linux`, `AIX`, `not told`, or the number.
  package var description: String {
    switch self {
    case .zOS: "z/OS"
    case .linux: "Linux"
    case .aix: "AIX"
    default: rawValue == 0 ? "not told" : "system \(rawValue)"
    }
  }
}
