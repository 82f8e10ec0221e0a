import Dissection

/// What a connection waited for.
package enum TimeUse: Int, Sendable, CaseIterable {
  /// The third segment of the handshake had not come.
  case handshake
  /// Data were under way, or their acknowledgment, and nothing was wrong.
  case network
  /// Something lost had to be noticed, sent again and acknowledged.
  case recovery
  /// The receiver's window was closed.
  case receiverWindow
  /// Nothing was under way: a program had nothing to send, or did not answer.
  case idle

  /// Stable name in tables and JSON.
  package var name: String {
    switch self {
    case .handshake: "handshake"
    case .network: "network"
    case .recovery: "recovery"
    case .receiverWindow: "receiver_window"
    case .idle: "idle"
    }
  }
}

/// Where the time of a connection went: every moment of its life is counted once, under the state it was in.
///
/// Kept in units of 65,536 ns, cut from the clock and not from the spans, so that the parts add up. On the way of every
/// segment only idle time is written, to a line that is at hand anyway; the network's share is what remains.
package struct TimeAccount: Sendable, BitwiseCopyable {
  private var parts: InlineArray<5, UInt32> = .init(repeating: 0)

  package init() {}

  /// Units between two moments (ns since 1970); 0 when time runs backwards.
  @inline(__always)
  static func units(from: Int64, to: Int64) -> UInt32 {
    UInt32(truncatingIfNeeded: min(Int64(UInt32.max), max(0, (to >> 16) &- (from >> 16))))
  }

  /// Counts the time between two moments.
  mutating func spend(_ use: TimeUse, from: Int64, to: Int64) { add(use, Self.units(from: from, to: to)) }

  mutating func add(_ use: TimeUse, _ units: UInt32) {
    let (sum, overflows) = parts[use.rawValue].addingReportingOverflow(units)
    parts[use.rawValue] = overflows ? .max : sum
  }

  /// Gives the network what is left of a life that began and ended then.
  mutating func close(from: Int64, to: Int64) {
    let known = TimeUse.allCases.reduce(0) { $0 + UInt64($1 == .network ? 0 : parts[$1.rawValue]) }
    parts[TimeUse.network.rawValue] = UInt32(clamping: Int64(Self.units(from: from, to: to)) - Int64(known))
  }

  /// Nanoseconds spent so, in steps of 65,536.
  package subscript(use: TimeUse) -> Int64 { Int64(parts[use.rawValue]) << 16 }

  /// All of it: the connection's life.
  package var total: Int64 { TimeUse.allCases.reduce(0) { $0 + self[$1] } }
}

extension Analysis {
  /// Counts the time since the connection's last segment under the state that it was in.
  ///
  /// Data under way and nothing wrong is the usual case and needs no writing: the network gets what remains.
  @inline(__always)
  func account(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, _ verdict: inout Verdict
  ) {
    let last = max(x.lastTime, y.lastTime)
    let isUsual =
      x.flags.union(y.flags).isDisjoint(with: [.zeroWindow, .repairing])
      && shared.phase.rawValue >= Phase.established.rawValue
    if !isUsual {
      if last != 0 { accountUnusual(s, last, &x, &y, &shared, &verdict) }
    } else if verdict.flight == 0, flight(&y, &x) == 0, last != 0 {
      let (sum, overflows) = x.idleUnits.addingReportingOverflow(TimeAccount.units(from: last, to: s.time))
      x.idleUnits = overflows ? .max : sum
      verdict.isAccounted = true
    }
  }

  @inline(never)
  private func accountUnusual(
    _ s: Segment, _ last: Int64, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState,
    _ verdict: inout Verdict
  ) {
    verdict.isAccounted = true
    let use: TimeUse =
      if shared.phase.rawValue < Phase.established.rawValue {
        .handshake
      } else if y.flags.contains(.repairing) && verdict.flight > 0
        || x.flags.contains(.repairing) && flight(&y, &x) > 0
      {
        .recovery
      } else {
        x.flags.union(y.flags).contains(.zeroWindow) ? .receiverWindow : verdict.flight > 0 ? .network : .idle
      }
    if use != .network { shared.time.spend(use, from: last, to: s.time) }
  }

  /// A sender that waited for its timer was recovering, though nothing showed it before.
  func accountTimer(_ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState) {
    let last = max(x.lastTime, y.lastTime)
    if last != 0 { shared.time.spend(.recovery, from: last, to: s.time) }
  }
}
