import Frames

/// An Accept or a Confirm: the chosen mode and the sender's end of it.
package struct CLCAccept: Sendable {
  /// The sender's end.
  package enum End: Hashable, Sendable {
    case r(CLCEndR)
    case d(CLCEndD)
  }

  /// The sender's end; nil when the mode is neither SMC-R nor SMC-D.
  package var end: End?
  /// The two hosts have no link group yet: the first connection sets one up.
  package var isFirstContact: Bool
  /// Enterprise ID that was agreed, version 2 only.
  package var identifier: CLCName?
  /// What the sender tells of itself at first contact, version 2 only.
  package var firstContact: CLCFirstContact?
  /// Further RoCE addresses of the client, version 2 Confirm at first contact only.
  package var gids: [IPAddress] = []

  /// Whether SMC-D was chosen.
  package var isD: Bool { if case .d? = end { true } else { false } }

  init(_ reader: borrowing CLCReader, _ header: CLCHeader, isConfirm: Bool, _ faults: inout [CLCFault]) {
    isFirstContact = header.hasFlag
    let isV2 = header.version >= 2
    switch header.modesV1 {
    case .r: end = .r(CLCEndR(reader))
    case .d: end = .d(CLCEndD(reader, isV2: isV2))
    case .none, .both:
      faults.append(.mode(header.modesV1.rawValue))
      return
    }
    Self.checkLength(header, isD: isD, &faults)
    guard isV2 else { return }
    identifier = reader.name(isD ? 34 : 64)
    if isFirstContact { readFirstContact(reader, header, isConfirm: isConfirm) }
  }

  /// Version 1 has one length per mode, version 2 a least one.
  ///
  /// Source: Linux `smc_clc_msg_acc_conf_valid`.
  private static func checkLength(_ header: CLCHeader, isD: Bool, _ faults: inout [CLCFault]) {
    let length = Int(header.length)
    let expected = header.version >= 2 ? (isD ? 78 : 108) : (isD ? 48 : 68)
    let isWrong = header.version >= 2 ? length < expected : length != expected
    if isWrong { faults.append(.length(found: length, expected: expected)) }
  }

  /// The room up to the trailer tells the form of the extension; the release number does not.
  private mutating func readFirstContact(_ reader: borrowing CLCReader, _ header: CLCHeader, isConfirm: Bool) {
    let start = isD ? 74 : 104
    let room = Int(header.length) - 4 - start
    guard room >= CLCFirstContact.shortForm, reader.has(start, CLCFirstContact.shortForm) else { return }
    let isLong = room >= CLCFirstContact.longForm
    firstContact = CLCFirstContact(reader, at: start, isLong: isLong)
    guard isConfirm, !isD, isLong else { return }
    let list = start + CLCFirstContact.longForm
    for index in 0..<Int(reader.load(list, as: UInt8.self)) {
      let at = list + 4 + 16 * index
      guard at + 16 <= Int(header.length) - 4, reader.has(at, 16) else { break }
      gids.append(reader.address(at))
    }
  }
}

/// One end of an SMC-R connection.
///
///     | 8 peer ID | 16 GID | 32 MAC | 38 QP | 41 rkey | 45 index | 46 token | 50 buffer size and MTU |
///     | 52 buffer address | 61 first packet number |
package struct CLCEndR: Hashable, Sendable {
  package var peerID: SMCPeerID
  package var gid: IPAddress
  package var mac: UInt64
  /// Queue pair number, 24 bits.
  package var queuePair: UInt32
  package var remoteKey: UInt32
  package var elementIndex: UInt8
  package var alertToken: UInt32
  /// Receive buffer in bytes.
  package var bufferSize: UInt64
  /// MTU of the queue pair in bytes; 0 for a value that does not exist.
  package var mtu: UInt32
  package var bufferAddress: UInt64
  /// First packet sequence number, 24 bits.
  package var firstPacket: UInt32

  init(_ reader: borrowing CLCReader) {
    peerID = SMCPeerID(rawValue: reader.load(8))
    gid = reader.address(16)
    mac = reader.load48(32)
    queuePair = reader.load24(38)
    remoteKey = reader.load(41)
    elementIndex = reader.load(45)
    alertToken = reader.load(46)
    let sizes: UInt8 = reader.load(50)
    bufferSize = 16_384 << UInt64(sizes >> 4)
    mtu = (1...5).contains(sizes & 15) ? 128 << UInt32(sizes & 15) : 0
    bufferAddress = reader.load(52)
    firstPacket = reader.load24(61)
  }
}

/// One end of an SMC-D connection.
///
///     | 8 ISM GID | 16 token | 24 index | 25 buffer size | 28 link group | 32 CHID | 34 EID | 66 GID extension |
package struct CLCEndD: Hashable, Sendable {
  package var gid: UInt64
  package var token: UInt64
  package var elementIndex: UInt8
  /// Receive buffer in bytes.
  package var bufferSize: UInt64
  package var linkGroup: UInt32
  /// Device, version 2 only.
  package var chid: UInt16
  /// Second half of the GID, version 2 only.
  package var gidExtension: UInt64

  init(_ reader: borrowing CLCReader, isV2: Bool) {
    gid = reader.load(8)
    token = reader.load(16)
    elementIndex = reader.load(24)
    bufferSize = 16_384 << UInt64(reader.load(25, as: UInt8.self) >> 4)
    linkGroup = reader.load(28)
    chid = isV2 ? reader.load(32) : 0
    gidExtension = isV2 ? reader.load(66) : 0
  }
}

/// What a peer tells of itself when two hosts meet for the first time, version 2 only.
///
///     | 0 direct | 1 system and release | 4 host name | 36 connections | 37 links | 38 features | 40 vendor | 44 |
package struct CLCFirstContact: Hashable, Sendable {
  /// Release 0 of the protocol ends after the host name.
  static let shortForm = 36
  static let longForm = 52

  /// The peer is on the same subnet, no gateway between; SMC-R only.
  package var isDirect: Bool
  package var system: PeerSystem
  package var release: UInt8
  package var hostName: CLCName
  /// Most connections per link group; 0 in the short form.
  package var mostConnections: UInt8
  /// Most links per link group; 0 in the short form.
  package var mostLinks: UInt8
  package var features: UInt16
  package var vendorOptions: UInt32

  init(_ reader: borrowing CLCReader, at start: Int, isLong: Bool) {
    let bits: UInt8 = reader.load(start + 1)
    isDirect = reader.load(start, as: UInt8.self) & 0x80 != 0
    system = PeerSystem(rawValue: bits >> 4)
    release = bits & 15
    hostName = reader.name(start + 4)
    mostConnections = isLong ? reader.load(start + 36) : 0
    mostLinks = isLong ? reader.load(start + 37) : 0
    features = isLong ? reader.load(start + 38) : 0
    vendorOptions = isLong ? reader.load(start + 40) : 0
  }
}
