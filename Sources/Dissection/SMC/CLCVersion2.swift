import Frames

/// The version 2 part of a Proposal: enterprise IDs, the RoCEv2 address and, for SMC-D, devices.
///
///     | 0 count of EIDs | 1 count of ISM devices | 3 release and SEID bit | 6 offset of the SMC-D part, from 8 |
///     | 8 RoCEv2 GID | 24 most connections | 25 most links | 26 features | 40 EIDs, 32 bytes each |
package struct CLCVersion2: Sendable {
  /// User-defined enterprise IDs; peers need one in common.
  package var identifiers: [CLCName] = []
  /// Count of them as the message says it.
  package var identifierCount: Int
  /// Count of ISM devices as the message says it.
  package var deviceCount: Int
  /// 0 for SMCv2.0, 1 for SMCv2.1.
  package var release: UInt8
  /// The system enterprise ID is present and enabled.
  package var hasSystemID: Bool
  /// Address of the RoCEv2 port, usually IPv4.
  package var gid: IPAddress
  /// Most connections per link group, version 2.1.
  package var mostConnections: UInt8
  /// Most links per link group, version 2.1.
  package var mostLinks: UInt8
  /// Optional features.
  package var features: UInt16
  /// System enterprise ID, where there is an SMC-D part.
  package var systemID: CLCName?
  /// ISM devices on offer.
  package var devices: [Device] = []

  /// One ISM device.
  package struct Device: Hashable, Sendable {
    package var gid: UInt64
    package var chid: UInt16
  }

  init(_ reader: borrowing CLCReader, at start: Int, hasD: Bool, isCut: Bool, _ faults: inout [CLCFault]) {
    identifierCount = Int(reader.load(start, as: UInt8.self))
    deviceCount = Int(reader.load(start + 1, as: UInt8.self))
    let bits: UInt8 = reader.load(start + 3)
    release = bits >> 4
    hasSystemID = bits & 1 != 0
    gid = reader.address(start + 8)
    mostConnections = reader.load(start + 24)
    mostLinks = reader.load(start + 25)
    features = reader.load(start + 26)
    if identifierCount > 8 { faults.append(.outOfBounds(field: "count of enterprise IDs", value: identifierCount)) }
    if deviceCount > 8 { faults.append(.outOfBounds(field: "count of ISM devices", value: deviceCount)) }
    for index in 0..<min(8, identifierCount) where reader.has(start + 40 + 32 * index, 32) {
      identifiers.append(reader.name(start + 40 + 32 * index))
    }
    let offset = Int(reader.load(start + 6, as: UInt16.self))
    if hasD, offset != 0 { readDevices(reader, at: start + 8 + offset, offset, isCut: isCut, &faults) }
  }

  /// Reads the SMC-D part: 32 bytes of system ID, 16 reserved, then ten bytes per device.
  private mutating func readDevices(
    _ reader: borrowing CLCReader, at start: Int, _ offset: Int, isCut: Bool, _ faults: inout [CLCFault]
  ) {
    guard reader.has(start, 48) else {
      if !isCut { faults.append(.outOfBounds(field: "offset of the SMC-D part", value: offset)) }
      return
    }
    systemID = reader.name(start)
    for index in 0..<min(8, deviceCount) where reader.has(start + 48 + 10 * index, 10) {
      let at = start + 48 + 10 * index
      devices.append(Device(gid: reader.load(at), chid: reader.load(at + 8)))
    }
  }
}
