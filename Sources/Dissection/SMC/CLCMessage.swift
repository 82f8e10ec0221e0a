import Frames

/// One message of the Connection Layer Control handshake, which runs in the TCP stream before data moves to RDMA or
/// shared memory.
///
/// Decoding is lax: what could be read stands in ``body``, what a receiver would object to in ``faults``. Fields past
/// the end of the bytes are zero. Source: Linux `net/smc/smc_clc.h` and `smc_clc.c`, RFC 7609.
package struct CLCMessage: Sendable {
  /// What the message is for.
  package enum Kind: UInt8, Sendable {
    /// Client: these modes, prefixes and enterprise IDs are on offer.
    case proposal = 1
    /// Server: this mode was chosen, here is my end.
    case accept = 2
    /// Client: here is mine.
    case confirm = 3
    /// Either: no, and why.
    case decline = 4

    /// `Proposal`, `Accept`, ...
    package var name: String { ["Proposal", "Accept", "Confirm", "Decline"][Int(rawValue) - 1] }
  }

  /// What stands behind the header.
  package enum Body: Sendable {
    case proposal(CLCProposal)
    /// Accept and Confirm have one layout.
    case accept(CLCAccept)
    case decline(CLCDecline)
  }

  /// The first eight bytes.
  package var header: CLCHeader
  /// What kind it is.
  package var kind: Kind
  /// The fields.
  package var body: Body
  /// What a receiver would object to; empty for a sound message.
  package var faults: [CLCFault] = []
  /// The bytes end before the message does: fields may be missing, and faults that need them are not reported.
  package var isCut: Bool

  /// The Proposal's fields, nil for another kind.
  package var proposal: CLCProposal? { if case .proposal(let fields) = body { fields } else { nil } }
  /// The fields of an Accept or Confirm, nil for another kind.
  package var accept: CLCAccept? { if case .accept(let fields) = body { fields } else { nil } }
  /// The Decline's fields, nil for another kind.
  package var decline: CLCDecline? { if case .decline(let fields) = body { fields } else { nil } }

  /// Reads the message that `bytes` start with; bytes after its end are not looked at.
  ///
  /// - Returns: nil when there is no whole header with an eyecatcher, or its type does not exist.
  /// - Complexity: O(length of the message), at most 64 KiB.
  package init?(_ bytes: RawSpan) {
    guard let header = CLCHeader(bytes), let kind = header.kind else { return nil }
    let length = Int(header.length)
    isCut = bytes.byteCount < length
    let message = bytes.extracting(first: min(length, bytes.byteCount))
    let reader = CLCReader(message)
    var faults = Self.headerFaults(header)
    switch kind {
    case .proposal: body = .proposal(CLCProposal(reader, header, isCut: isCut, &faults))
    case .accept, .confirm: body = .accept(CLCAccept(reader, header, isConfirm: kind == .confirm, &faults))
    case .decline: body = .decline(CLCDecline(reader, header, &faults))
    }
    if !isCut, kind != .decline, length >= 4, !CLCHeader.isEyecatcher(reader.load(length - 4)) {
      faults.append(.trailer(reader.load(length - 4)))
    }
    self.header = header
    self.kind = kind
    self.faults = faults
  }

  private static func headerFaults(_ header: CLCHeader) -> [CLCFault] {
    var faults: [CLCFault] = []
    if header.version == 0 { faults.append(.version(header.version)) }
    if !CLCHeader.lengths.contains(Int(header.length)) { faults.append(.lengthOutOfRange(Int(header.length))) }
    return faults
  }
}

/// What is wrong with a CLC message; a Linux receiver ends the connection with `EPROTO` for most of them.
package enum CLCFault: Hashable, Sendable {
  case version(UInt8)
  case unknownType(UInt8)
  /// A kind that its sender may not send at this point.
  case unexpectedKind(CLCMessage.Kind)
  case lengthOutOfRange(Int)
  /// The length field and what the message's own fields add up to.
  case length(found: Int, expected: Int)
  case trailer(UInt32)
  /// A version 1 Proposal that offers nothing.
  case nothingOffered
  case mode(UInt8)
  /// An offset or count that points outside of the message or above its limit.
  case outOfBounds(field: String, value: Int)

  /// Key for programs.
  package var key: String {
    switch self {
    case .version: "version"
    case .unknownType: "unknown-type"
    case .unexpectedKind: "unexpected-message"
    case .lengthOutOfRange, .length: "length"
    case .trailer: "trailer"
    case .nothingOffered: "nothing-offered"
    case .mode: "mode"
    case .outOfBounds: "out-of-bounds"
    }
  }

  /// One clause for sentences.
  package var words: String {
    switch self {
    case .version(let version): "its version is \(version)"
    case .unknownType(let type): "its type is \(type), which does not exist"
    case .unexpectedKind(let kind): "a \(kind.name) is not expected from this side at this point"
    case .lengthOutOfRange(let length): "its length field says \(length) bytes"
    case .length(let found, let expected): "its length field says \(found) bytes, its fields add up to \(expected)"
    case .trailer(let value): "it ends with 0x\(hexadecimal(value, digits: 8)) instead of an eyecatcher"
    case .nothingOffered: "it offers neither SMC-R nor SMC-D"
    case .mode(let mode): "its mode is \(mode), neither SMC-R nor SMC-D"
    case .outOfBounds(let field, let value): "its \(field) is \(value), outside of what the message can hold"
    }
  }
}
