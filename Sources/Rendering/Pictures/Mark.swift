import Tracking
import Triage

/// What stands out in a picture: each has a shape of its own, so that colour is never needed to tell them apart.
enum Mark: Int, CaseIterable {
  case fast, rto, rtoRecovery, tailLossProbe, handshake, unknownCause
  case rejected, reordered, copy, probe, duplicateSACK, zeroWindow

  /// The mark of a segment, nil for one that is drawn as a bar like all others.
  init?(_ point: TracePoint) {
    switch (point.kind, point.cause) {
    case (_, _) where point.rejection != .none && point.kind != .retransmission: self = .rejected
    case (.retransmission, .fast): self = .fast
    case (.retransmission, .rto): self = .rto
    case (.retransmission, .rtoRecovery): self = .rtoRecovery
    case (.retransmission, .tailLossProbe): self = .tailLossProbe
    case (.retransmission, .syn), (.retransmission, .synACK): self = .handshake
    case (.retransmission, _): self = .unknownCause
    case (.reordered, _): self = .reordered
    case (.networkDuplicate, _), (.captureDuplicate, _): self = .copy
    case (.keepAlive, _), (.windowProbe, _): self = .probe
    default: return nil
    }
  }

  var words: String {
    switch self {
    case .fast: "fast retransmission"
    case .rto: "retransmission after timeout (RTO)"
    case .rtoRecovery: "further repair after a timeout"
    case .tailLossProbe: "tail loss probe"
    case .handshake: "SYN or SYN-ACK sent again"
    case .unknownCause: "retransmission, cause unknown"
    case .rejected: "dropped by its receiver"
    case .reordered: "out of order"
    case .copy: "copy"
    case .probe: "keep-alive or window probe"
    case .duplicateSACK: "DSACK: came twice"
    case .zeroWindow: "zero window"
    }
  }

  /// CSS class.
  var style: HTML {
    switch self {
    case .fast: "m-fast"
    case .rto, .rtoRecovery: "m-rto"
    case .tailLossProbe: "m-tlp"
    case .handshake, .unknownCause: "m-rtx"
    case .rejected: "m-rej"
    case .reordered, .copy, .probe: "m-odd"
    case .duplicateSACK: "m-ds"
    case .zeroWindow: "m-zero"
    }
  }

  /// Marks made of strokes are never filled.
  var isOpen: Bool { self == .rejected || self == .reordered || self == .copy || self == .zeroWindow }

  func draw(_ x: Double, _ y: Double, into path: inout Path) {
    switch self {
    case .fast: path.shape(x, y, [(0, -6), (5, 4), (-5, 4)])
    case .rto: path.shape(x, y, [(-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)])
    case .rtoRecovery: path.shape(x, y, [(0, 6), (5, -4), (-5, -4)])
    case .tailLossProbe: path.shape(x, y, [(0, -6), (6, 0), (0, 6), (-6, 0)])
    case .handshake: path.circle(x, y, 4.5)
    case .unknownCause: path.shape(x, y, [(-6, -2), (0, -6), (6, -2), (4, 5), (-4, 5)])
    case .rejected:
      path.shape(x, y, [(-4.5, -4.5), (4.5, 4.5)], isClosed: false)
      path.shape(x, y, [(4.5, -4.5), (-4.5, 4.5)], isClosed: false)
    case .reordered:
      path.shape(x, y, [(-5, 0), (5, 0)], isClosed: false)
      path.shape(x, y, [(0, -5), (0, 5)], isClosed: false)
    case .copy:
      path.shape(x, y, [(-5, -2), (5, -2)], isClosed: false)
      path.shape(x, y, [(-5, 2), (5, 2)], isClosed: false)
    case .probe: path.shape(x, y, [(-5, 0), (0, -3), (5, 0), (0, 3)])
    case .duplicateSACK: path.shape(x, y, [(-3, -5), (4, 0), (-3, 5)])
    case .zeroWindow:
      path.circle(x, y, 5)
      path.shape(x, y, [(-5, 0), (5, 0)], isClosed: false)
    }
  }
}

extension TracePoint {
  /// A retransmission that was not needed: drawn hollow.
  var isNeedless: Bool { kind == .retransmission && anomalies.contains(.needless) }
}
