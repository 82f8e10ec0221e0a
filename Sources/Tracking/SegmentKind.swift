/// What a segment is, in the one word that `show segments` prints.
public enum SegmentKind: UInt8, Sendable, CaseIterable {
  case newData, handshake, fin, reset, pureACK
  case retransmission, reordered, networkDuplicate, captureDuplicate
  case keepAlive, keepAliveACK, windowProbe, windowProbeACK
  case windowUpdate, duplicateACK, idleACK, oldACK, outOfWindow

  /// Stable name in tables and JSON.
  package var name: String {
    switch self {
    case .newData: "new-data"
    case .handshake: "handshake"
    case .fin: "fin"
    case .reset: "reset"
    case .pureACK: "ack"
    case .retransmission: "retransmission"
    case .reordered: "reordered"
    case .networkDuplicate: "network-duplicate"
    case .captureDuplicate: "capture-duplicate"
    case .keepAlive: "keep-alive"
    case .keepAliveACK: "keep-alive-ack"
    case .windowProbe: "window-probe"
    case .windowProbeACK: "window-probe-ack"
    case .windowUpdate: "window-update"
    case .duplicateACK: "duplicate-ack"
    case .idleACK: "idle-ack"
    case .oldACK: "old-ack"
    case .outOfWindow: "out-of-window"
    }
  }

  /// Whether detectors judge it; the others are told only to who asks for every segment.
  @inline(__always)
  var isJudged: Bool {
    switch self {
    case .newData, .handshake, .fin, .pureACK, .windowUpdate, .oldACK, .keepAlive, .windowProbe: false
    default: true
    }
  }

  /// Whether a row for it is worth printing among the exceptions.
  @inline(__always)
  package var isOrdinary: Bool {
    switch self {
    case .newData, .handshake, .fin, .pureACK: true
    default: false
    }
  }
}

/// Why the sender sent it again, as the kernel would name it.
public enum RetransmissionCause: UInt8, Sendable, CaseIterable {
  case none, syn, synACK, fast, rto, rtoRecovery, tailLossProbe, unknown

  /// Stable name in tables and JSON; empty for ``none``.
  package var name: String {
    switch self {
    case .none: ""
    case .syn: "syn"
    case .synACK: "synack"
    case .fast: "fast"
    case .rto: "rto"
    case .rtoRecovery: "rto-recovery"
    case .tailLossProbe: "tlp"
    case .unknown: "unknown"
    }
  }
}

/// Why the receiver will have thrown a segment away, by the checks of RFC 9293 §3.10.7.4 and RFC 7323 §5.3.
public enum Rejection: UInt8, Sendable, CaseIterable {
  case none, paws, oldSequence, beyondWindow, ackUnsent, timestampEcho

  /// Stable name in tables and JSON; empty for ``none``.
  package var name: String {
    switch self {
    case .none: ""
    case .paws: "paws"
    case .oldSequence: "out-of-window-old"
    case .beyondWindow: "out-of-window-beyond"
    case .ackUnsent: "ack-unsent"
    case .timestampEcho: "tsecr"
    }
  }
}

/// How sure tracking is of one segment's verdict.
public enum Certainty: UInt8, Sendable, Comparable {
  case possible, likely, certain

  /// Orders from the least sure to the surest.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  package var name: String {
    switch self {
    case .possible: "possible"
    case .likely: "likely"
    case .certain: "certain"
    }
  }
}
