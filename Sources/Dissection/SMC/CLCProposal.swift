import Frames

/// A Proposal: what the client offers.
///
///     |  0 header | 8 peer ID | 16 RoCE GID | 32 MAC | 38 offset of the IP area, from 40 |
///     | 40 SMC-D area, 40 bytes: ISM GID, CHID, offset of the version 2 part (from 52), vendor fields |
///     | IP area: IPv4 prefix, count and IPv6 prefixes | version 2 part | SMC-D part of version 2 | trailer |
///
/// Offsets and counts come from the sender and are checked one by one. Source: Linux `smc_clc_msg_prop_valid`.
package struct CLCProposal: Sendable {
  /// Sender.
  package var peerID: SMCPeerID
  /// RoCE GID of version 1; zero without SMC-Rv1.
  package var gid: IPAddress
  /// MAC address of the RoCE port, low 48 bits.
  package var mac: UInt64
  /// Modes on offer in version 1.
  package var modesV1: SMCModes
  /// Modes on offer in version 2; none for a version 1 message.
  package var modesV2: SMCModes
  /// Offset of the IP area, counted from byte 40.
  package var ipAreaOffset: Int
  /// SMC-D area; nil when the message has none.
  package var smcD: SMCDArea?
  /// The client's own prefixes, IPv4 or IPv6; empty without version 1.
  package var prefixes: [IPPrefix] = []
  /// Version 2 part; nil when the message has none.
  package var version2: CLCVersion2?

  /// The 40 bytes after the fixed part.
  package struct SMCDArea: Hashable, Sendable {
    /// ISM GID of the client.
    package var gid: UInt64
    /// ISM CHID, used by version 2.
    package var chid: UInt16
    /// Offset of the version 2 part, counted from byte 52; 0 for none.
    package var version2Offset: Int
    /// Organizationally unique identifier of the vendor.
    package var vendorOUI: UInt32
    /// Vendor options, low 40 bits.
    package var vendorOptions: UInt64
  }

  init(_ reader: borrowing CLCReader, _ header: CLCHeader, isCut: Bool, _ faults: inout [CLCFault]) {
    peerID = SMCPeerID(rawValue: reader.load(8))
    gid = reader.address(16)
    mac = reader.load48(32)
    modesV1 = header.modesV1
    modesV2 = header.version >= 2 ? header.modesV2 : .none
    ipAreaOffset = Int(reader.load(38, as: UInt16.self))
    if ipAreaOffset == 40 || header.version >= 2 {
      smcD = SMCDArea(
        gid: reader.load(40), chid: reader.load(48), version2Offset: Int(reader.load(50, as: UInt16.self)),
        vendorOUI: reader.load24(52),
        vendorOptions: UInt64(reader.load(55, as: UInt32.self)) << 8 | UInt64(reader.load(59, as: UInt8.self)))
    }
    if header.version < 2, modesV1 == .none { faults.append(.nothingOffered) }
    if ipAreaOffset > 40 { faults.append(.outOfBounds(field: "IP area offset", value: ipAreaOffset)) }
    let prefixBytes = readPrefixes(reader, isCut: isCut, &faults)
    let version2Bytes = readVersion2(reader, isCut: isCut, &faults)
    checkLength(header, prefixBytes, version2Bytes, isCut: isCut, &faults)
  }

  /// Reads the IP area and returns its size in bytes, nil when that cannot be told.
  private mutating func readPrefixes(
    _ reader: borrowing CLCReader, isCut: Bool, _ faults: inout [CLCFault]
  ) -> Int? {
    guard modesV1 != .none else { return 0 }
    let start = 40 + ipAreaOffset
    guard reader.has(start, 8) else {
      if !isCut { faults.append(.outOfBounds(field: "IP area offset", value: ipAreaOffset)) }
      return nil
    }
    let count = Int(reader.load(start + 7, as: UInt8.self))
    let length: UInt8 = reader.load(start + 4)
    let network: UInt32 = reader.load(start)
    if count > 8 {
      faults.append(.outOfBounds(field: "count of IPv6 prefixes", value: count))
    } else if count > 0 {
      for index in 0..<count where reader.has(start + 8 + 17 * index, 17) {
        let at = start + 8 + 17 * index
        prefixes.append(IPPrefix(address: reader.address(at), length: reader.load(at + 16)))
      }
    } else if network != 0 || length != 0 {
      prefixes.append(IPPrefix(address: IPAddress(v4: network), length: length))
    }
    return 8 + 17 * count
  }

  /// Reads the version 2 part and returns its size in bytes, nil when that cannot be told.
  ///
  /// A missing part is no fault of the layout: Linux answers it with a Decline of its own.
  private mutating func readVersion2(
    _ reader: borrowing CLCReader, isCut: Bool, _ faults: inout [CLCFault]
  ) -> Int? {
    guard modesV2 != .none, let offset = smcD?.version2Offset else { return 0 }
    guard offset != 0 else { return nil }
    guard reader.has(52 + offset, 40) else {
      if !isCut { faults.append(.outOfBounds(field: "offset of the version 2 part", value: offset)) }
      return nil
    }
    let part = CLCVersion2(reader, at: 52 + offset, hasD: modesV2.hasD, isCut: isCut, &faults)
    version2 = part
    return 40 + 32 * part.identifierCount + (modesV2.hasD ? 48 + 10 * part.deviceCount : 0)
  }

  private func checkLength(
    _ header: CLCHeader, _ prefixBytes: Int?, _ version2Bytes: Int?, isCut: Bool, _ faults: inout [CLCFault]
  ) {
    guard let prefixBytes, let version2Bytes, !isCut else { return }
    let head = header.version >= 2 ? 80 : 40 + ipAreaOffset
    let expected = head + prefixBytes + version2Bytes + 4
    if expected != Int(header.length) { faults.append(.length(found: Int(header.length), expected: expected)) }
  }
}
