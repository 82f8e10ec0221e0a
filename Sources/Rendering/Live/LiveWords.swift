import Detection
import Frames
import Triage

/// Numbers as live mode shows them: short, and of a width that hardly changes from second to second.
enum LiveWords {
  /// `12 s`, `3 min`, `2 h 5 min`, `3 days`: whole units, cut, not rounded.
  static func age(_ nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds) / PacketTime.second
    if seconds < 120 { return "\(seconds) s" }
    if seconds < 7_200 { return "\(seconds / 60) min" }
    if seconds < 172_800 { return "\(seconds / 3_600) h \(seconds / 60 % 60) min" }
    return "\(Quantity.count(seconds / 86_400)) days"
  }

  /// `for 12 s`, `at rest for 40 s`.
  static func state(_ live: LiveFinding, at time: Int64) -> String {
    let since = live.isOpen ? live.opened : live.lastGrew
    return (live.isOpen ? "for " : "at rest for ") + age(Moment.elapsed(from: since, to: time))
  }

  /// `1,990/s`, `0.3/s`, `12.3 M/s`; empty for nil.
  static func rate(_ perSecond: Double?) -> String { perSecond.map { number($0) + "/s" } ?? "" }

  /// One decimal below ten, whole below a million.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    let magnitude = abs(value)
    if magnitude < 9.95, magnitude != magnitude.rounded() { return Quantity.significant((value * 10).rounded() / 10) }
    if magnitude < 999_999.5 { return Quantity.count(Int64(value.rounded())) }
    for (unit, divisor) in [("M", 1e6), ("G", 1e9)] where magnitude < divisor * 999.5 {
      return Quantity.significant(value / divisor) + " \(unit)"
    }
    return Quantity.significant(value / 1e12) + " T"
  }

  /// `98.7 Mbit/s`.
  static func bits(bytesPerSecond: Double) -> String { TimelinePicture.rate(bytesPerSecond * 8) }

  /// `1.2 MB`, for a number that was divided by a time.
  static func bytes(_ value: Double) -> String {
    Quantity.bytes(UInt64(max(0, min(value.isFinite ? value.rounded() : 0, 1e18))))
  }

  /// `python3[123]`, `python3` or `uid 1000`, as far as it is known.
  static func owner(_ process: ProcessName) -> String {
    let name = process.command.isEmpty ? "uid \(process.uid)" : process.command
    return process.pid.map { "\(name)[\($0)]" } ?? name
  }

  /// `python3[123]`, `python3[123] +2`; empty for none.
  static func owners(_ processes: [ProcessName]) -> String {
    guard let first = processes.first else { return "" }
    return owner(first) + (processes.count > 1 ? " +\(processes.count - 1)" : "")
  }

  /// `usual 0-2/s`; empty while nothing is known.
  static func usual(_ range: ClosedRange<Double>?) -> String {
    guard let range else { return "" }
    let (low, high) = (number(range.lowerBound), number(range.upperBound))
    return low == high ? "usual \(low)/s" : "usual \(low)-\(high)/s"
  }

  /// What the host's own counters say of a finding, in two words; empty where none should move with it.
  static func verdict(_ pairings: [CounterPairing]) -> String {
    if pairings.isEmpty { return "" }
    if pairings.contains(where: { $0.verdict == .mismatch }) { return "counters differ" }
    return pairings.contains { $0.verdict == .matches } ? "counters agree" : "counters tell nothing"
  }

  /// Why they do not agree, in a few words; empty where they do.
  static func reason(_ pairings: [CounterPairing]) -> String {
    if let pairing = pairings.first(where: { $0.verdict == .mismatch }) { return reason(pairing) }
    return pairings.contains { $0.verdict == .matches } ? "" : pairings.first.map(reason) ?? ""
  }

  /// What a counter says beside a finding.
  static func verdict(_ pairing: CounterPairing) -> String {
    switch pairing.verdict {
    case .matches: "agrees, expected \(rate(pairing.expected))"
    case .mismatch: "differs, expected \(rate(pairing.expected))"
    case .unavailable: "tells nothing, expected \(rate(pairing.expected))"
    }
  }

  /// `so few tell nothing`: a reason up to its colon, as a part of a sentence.
  static func reason(_ pairing: CounterPairing) -> String {
    let words = pairing.reason.prefix { $0 != ":" }
    return words.prefix(1).lowercased() + (words.hasSuffix(".") ? words.dropFirst().dropLast() : words.dropFirst())
  }

  /// `TcpExtPAWSEstab`; where that is too wide `PAWSEstab + PAWSOldAck`, then `TCPChallengeACK +1`.
  static func names(_ counters: [String], width: Int) -> String {
    let prefix = "TcpExt"
    let short = counters.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
    let first = (short.first ?? "") + (short.count > 1 ? " +\(short.count - 1)" : "")
    let choices = [counters.joined(separator: " + "), short.joined(separator: " + ")]
    return choices.first { TerminalText.columns(Visible.text($0)) <= width } ?? first
  }
}

extension Severity {
  /// Says with signs what the colour says.
  var mark: String {
    switch self {
    case .critical: "!!"
    case .warning: "!"
    case .notice: "*"
    case .info: "-"
    }
  }
}

extension LiveSnapshot {
  /// Frames that were not captured, since the start.
  var dropped: UInt64 { droppedByRing &+ droppedByInterface }

  var droppedByRing: UInt64 { interfaces.reduce(0) { $0 &+ $1.droppedByRing } }

  var droppedByInterface: UInt64 { interfaces.reduce(0) { $0 &+ $1.droppedByInterface } }

  /// `eth0, lo (down)`.
  var interfaceWords: String {
    let names = interfaces.prefix(8).map { Visible.text($0.name, limit: 40) + ($0.isUp ? "" : " (down)") }
    let others = interfaces.count - names.count
    return (names + (others > 0 ? ["\(others) more"] : [])).joined(separator: ", ")
  }

  /// `0 dropped`, or how many and by whom.
  var dropWords: String {
    guard dropped > 0 else { return "0 dropped" }
    let now = lastSecond.dropped > 0 ? ", \(Quantity.count(lastSecond.dropped)) in the last second" : ""
    return "\(Quantity.count(dropped)) dropped (ring \(Quantity.count(droppedByRing)), "
      + "interface \(Quantity.count(droppedByInterface))\(now))"
  }

  /// Counters worth a line: those that belong to open findings, then those that run away; each once.
  var tellingCounters: [TellingCounter] {
    let known = Dictionary(counters.map { ($0.name, $0) }) { first, _ in first }
    var paired: Set<[String]> = []
    var result: [TellingCounter] = []
    for live in findings where live.isOpen {
      for pairing in live.counters where paired.insert(pairing.counters).inserted {
        let readings = pairing.counters.compactMap { known[$0] }
        result.append(TellingCounter(counters: pairing.counters, readings: readings, pairing: (live.number, pairing)))
      }
    }
    var seen = Set(paired.joined())
    for reading in counters where reading.runsAway && seen.insert(reading.name).inserted {
      result.append(TellingCounter(counters: [reading.name], readings: [reading]))
    }
    return result
  }
}

/// A counter that is worth a line, or several that share the events, and why.
struct TellingCounter {
  var counters: [String]
  /// Of those that this host has.
  var readings: [CounterReading]
  var pairing: (finding: Int, CounterPairing)?

  var rate: Double? { pairing.map { $0.1.rate } ?? readings.first?.rate }
  var runsAway: Bool { readings.contains(where: \.runsAway) }
  /// Nil for several: what is usual for each says little of their sum.
  var usual: ClosedRange<Double>? { readings.count == 1 ? readings.first?.usual : nil }

  /// What it says of a finding, whether it runs away, and what it counts: `#1: agrees, expected 1,990/s · runs away · ...`.
  var words: String {
    var parts: [String] = []
    if let (number, pairing) = pairing {
      parts.append("#\(number): \(LiveWords.verdict(pairing))")
      parts.append(LiveWords.reason(pairing))
    }
    if runsAway { parts.append("runs away") }
    parts += readings.map(\.meaning)
    return parts.filter { !$0.isEmpty }.joined(separator: " · ")
  }
}
